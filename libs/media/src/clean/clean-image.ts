import type { ImageType } from '../media.js';
import { cleanJpeg } from './jpeg.js';
import { cleanPng } from './png.js';
import { cleanWebp } from './webp.js';

/** Type by the first bytes (16 will do); null where it is none that is taken. */
export const imageTypeOf = (bytes: Buffer): ImageType | null => {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return 'image/png';
  const riff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return riff ? 'image/webp' : null;
};

const cleaners = { 'image/jpeg': cleanJpeg, 'image/png': cleanPng, 'image/webp': cleanWebp };

/** The image without what is not picture. @throws MediaRefusedError  `damaged` */
export const cleanImage = (bytes: Buffer, type: ImageType): Buffer => cleaners[type](bytes);
