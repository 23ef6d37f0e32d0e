import { crc32 } from 'node:zlib';

/** Stands wherever an image may carry something private; must be nowhere after cleaning. */
export const privateMark = 'N42.3601W71.0589 Jo Example';

const jpegSegment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

const exif = (orientation: number): Buffer => {
  const tiff = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0', 'latin1');
  const rest = Buffer.from([orientation, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, rest, Buffer.from(privateMark)]);
};

/** Compressed data of both scans; holds an escaped 0xff and a restart marker, as real ones do. */
export const jpegPicture = Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);

/** A JPEG in shape (two scans), with private data in every place known to carry it. */
export const sampleJpeg = (orientation = 6): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, Buffer.from('JFIF\0\x01\x02\0\0\x48\0\x48\0\0', 'latin1')),
    jpegSegment(0xe1, exif(orientation)),
    jpegSegment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${privateMark}`, 'latin1')),
    jpegSegment(0xe2, Buffer.from(`MPF\0${privateMark}`, 'latin1')),
    jpegSegment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01colours', 'latin1')),
    jpegSegment(0xed, Buffer.from(`Photoshop 3.0\0${privateMark}`, 'latin1')),
    jpegSegment(0xfe, Buffer.from(privateMark)),
    jpegSegment(0xdb, Buffer.alloc(65, 1)),
    Buffer.from([0xff]),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    jpegPicture,
    jpegSegment(0xfe, Buffer.from(privateMark)),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    jpegPicture,
    Buffer.from([0xff, 0xd9]),
    Buffer.from(`MotionPhoto ${privateMark}`),
  ]);

const pngChunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
};

export const samplePng = (): Buffer =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    pngChunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f])),
    ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'prVt'].map((type) =>
      pngChunk(type, Buffer.from(privateMark)),
    ),
    pngChunk('IDAT', Buffer.from('789c6360000000020001', 'hex')),
    pngChunk('IEND', Buffer.alloc(0)),
    Buffer.from(privateMark),
  ]);

const webpChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

export const sampleWebp = (): Buffer => {
  const body = Buffer.concat([
    webpChunk('VP8X', Buffer.from([0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    webpChunk('VP8L', Buffer.from([0x2f, 0, 0, 0, 0])),
    webpChunk('EXIF', Buffer.from(privateMark)),
    webpChunk('XMP ', Buffer.from(privateMark)),
    webpChunk('junk', Buffer.from(privateMark)),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body, Buffer.from(privateMark)]);
};
