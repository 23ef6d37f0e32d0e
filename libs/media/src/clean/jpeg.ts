import { MediaRefusedError } from '../media.js';
import { orientationOf, orientationSegment } from './orientation.js';

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const app0 = 0xe0;
const app1 = 0xe1;
const app2 = 0xe2;
const app14 = 0xee;
const app15 = 0xef;
const comment = 0xfe;

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
const startsWith = (body: Buffer, text: string): boolean => body.toString('latin1', 0, text.length) === text;

/** Colour profile and what decoders need to know stay; every other application segment and comment goes. */
const isPicture = (marker: number, body: Buffer): boolean => {
  if (marker === app0) return startsWith(body, 'JFIF\0');
  if (marker === app2) return startsWith(body, 'ICC_PROFILE\0');
  if (marker === app14) return startsWith(body, 'Adobe');
  return !((marker >= app0 && marker <= app15) || marker === comment);
};

/** The JFIF segment may end in a preview of its own. */
const withoutPreview = (body: Buffer): Buffer => {
  const bare = Buffer.from(body.subarray(0, 14));
  if (bare.length === 14) bare.fill(0, 12);
  return bare;
};

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

/** Where the compressed data that starts at `from` ends: at the next marker that is not a restart. */
const endOfScan = (bytes: Buffer, from: number): number => {
  for (
    let at = bytes.indexOf(0xff, from);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const next = bytes.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
};

/**
 * Walks the segments and keeps those that are picture, and the orientation; cuts whatever follows the end.
 * A photo cut short inside its picture is kept as far as it goes.
 */
export const cleanJpeg = (bytes: Buffer): Buffer => {
  const kept: Buffer[] = [Buffer.from([0xff, startOfImage])];
  let orientation: number | null = null;
  let scans = 0;
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes.readUInt8(at) !== 0xff) throw damaged('has no segment where one must start');
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === endOfImage) break;
    if (at + 4 > bytes.length) break;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < at + 4 || end > bytes.length) {
      if (scans > 0) break;
      throw damaged('ends inside a segment');
    }
    const body = bytes.subarray(at + 4, end);
    if (marker === app1) orientation ??= orientationOf(body);
    if (isPicture(marker, body)) kept.push(segment(marker, marker === app0 ? withoutPreview(body) : body));
    at = end;
    if (marker === startOfScan) {
      scans += 1;
      at = endOfScan(bytes, end);
      kept.push(bytes.subarray(end, at));
    }
  }
  if (scans === 0) throw damaged('holds no picture');
  if (orientation !== null) kept.splice(1, 0, segment(app1, orientationSegment(orientation)));
  return Buffer.concat([...kept, Buffer.from([0xff, endOfImage])]);
};

const damaged = (how: string): MediaRefusedError => new MediaRefusedError('damaged', `the JPEG ${how}`);
