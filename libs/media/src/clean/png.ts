import { MediaRefusedError } from '../media.js';

const signatureBytes = 8;
/** What a viewer needs; any other chunk (texts, EXIF, times, private ones) goes. */
const picture = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT'.split(' '),
);

/** Keeps the chunks that are picture; cuts whatever follows the last one. */
export const cleanPng = (bytes: Buffer): Buffer => {
  const kept = [bytes.subarray(0, signatureBytes)];
  for (let at = signatureBytes; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at === signatureBytes && type !== 'IHDR') throw damaged('does not start with its header');
    if (picture.has(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IEND') return Buffer.concat(kept);
    at = end;
  }
  throw damaged('has no end');
};

const damaged = (how: string): MediaRefusedError => new MediaRefusedError('damaged', `the PNG ${how}`);
