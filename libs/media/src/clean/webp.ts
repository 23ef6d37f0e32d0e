import { MediaRefusedError } from '../media.js';

const headBytes = 12;
const picture = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Flags of the extended header that announce EXIF and XMP. */
const metadataFlags = 0x08 | 0x04;

/** Keeps the chunks that are picture, says in the header that the others are gone, cuts whatever follows. */
export const cleanWebp = (bytes: Buffer): Buffer => {
  if (bytes.length < headBytes) throw damaged('ends inside its header');
  const stop = Math.min(bytes.length, 8 + bytes.readUInt32LE(4));
  const kept: Buffer[] = [];
  let pictures = 0;
  for (let at = headBytes; at + 8 <= stop;) {
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (at + 8 + size > stop) throw damaged('ends inside a chunk');
    const type = bytes.toString('latin1', at, at + 4);
    if (picture.has(type)) kept.push(chunk(type, bytes.subarray(at + 8, at + 8 + size)));
    if (type === 'VP8 ' || type === 'VP8L' || type === 'ANMF') pictures += 1;
    at = end;
  }
  if (pictures === 0) throw damaged('holds no picture');
  const body = Buffer.concat(kept);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
};

const chunk = (type: string, data: Buffer): Buffer => {
  const whole = Buffer.alloc(8 + data.length + (data.length % 2));
  whole.write(type, 'latin1');
  whole.writeUInt32LE(data.length, 4);
  data.copy(whole, 8);
  if (type === 'VP8X' && data.length > 0) whole.writeUInt8(whole.readUInt8(8) & ~metadataFlags, 8);
  return whole;
};

const damaged = (how: string): MediaRefusedError => new MediaRefusedError('damaged', `the WebP ${how}`);
