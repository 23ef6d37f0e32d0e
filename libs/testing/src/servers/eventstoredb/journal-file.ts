import { open, type FileHandle } from 'node:fs/promises';
import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import type { LogIndex } from './log-index.js';

/**
 * The file: a mark, then frames, one for each append. A frame is `length, crc32` of its body; the body is
 * `events, bytes of the stream's name, name`, then for each event `length, id (16 bytes), message`. Numbers are 4
 * bytes, little-endian. The message is the event as the client reads it (`ReadResp`), and its place is its position.
 */
const mark = Buffer.from('city311 event journal 1\n');
const frameHead = 8;
const eventHead = 20;

export interface FramedEvent {
  readonly id: Buffer;
  readonly message: Uint8Array;
}

/** Bytes of a frame before its first event's message. */
export const headBytes = (stream: string): number => frameHead + 8 + Buffer.byteLength(stream);
export const bytesBetween = eventHead;

export const frame = (stream: string, events: readonly FramedEvent[]): Buffer => {
  const name = Buffer.from(stream);
  const body = events.reduce((sum, { message }) => sum + eventHead + message.length, 8 + name.length);
  const bytes = Buffer.allocUnsafe(frameHead + body);
  bytes.writeUInt32LE(body, 0);
  bytes.writeUInt32LE(events.length, frameHead);
  bytes.writeUInt32LE(name.length, frameHead + 4);
  name.copy(bytes, frameHead + 8);
  let at = frameHead + 8 + name.length;
  for (const { id, message } of events) {
    bytes.writeUInt32LE(message.length, at);
    id.copy(bytes, at + 4);
    bytes.set(message, at + eventHead);
    at += eventHead + message.length;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(frameHead)), 4);
  return bytes;
};

const indexFrame = (index: LogIndex, offset: number, body: Buffer): void => {
  const events = body.readUInt32LE(0);
  const nameBytes = body.readUInt32LE(4);
  const stream = index.streamOrNew(body.toString('utf8', 8, 8 + nameBytes));
  let at = 8 + nameBytes;
  for (let event = 0; event < events; event += 1) {
    const length = body.readUInt32LE(at);
    index.add(stream, offset + at + eventHead, length, body.subarray(at + 4, at + eventHead));
    at += eventHead + length;
  }
};

/** Reads a file front to back; a piece stays good until the next one is asked for. */
const forwards = (handle: FileHandle) => {
  let buffer: Buffer = Buffer.alloc(4 * 1024 * 1024);
  let start = 0;
  let filled = 0;
  return (offset: number, length: number): Buffer | null => {
    if (offset + length > start + filled) {
      if (length > buffer.length) buffer = Buffer.alloc(length);
      start = offset;
      filled = readSync(handle.fd, buffer, 0, buffer.length, offset);
    }
    return offset + length > start + filled ? null : buffer.subarray(offset - start, offset - start + length);
  };
};

/** Fills the index from the file and gives back where its last whole frame ends. */
const readFrames = (handle: FileHandle, index: LogIndex): number => {
  const piece = forwards(handle);
  let end = mark.length;
  for (;;) {
    const head = piece(end, frameHead);
    if (head === null) return end;
    const length = head.readUInt32LE(0);
    const sum = head.readUInt32LE(4);
    const body = length < 8 ? null : piece(end + frameHead, length);
    if (body === null || crc32(body) !== sum) return end;
    indexFrame(index, end + frameHead, body);
    end += frameHead + length;
  }
};

/**
 * Opens the journal, or begins it; what a crash left of a last append is cut off.
 * @throws Error  the file is something else
 */
export const openJournalFile = async (
  path: string,
  index: LogIndex,
): Promise<{ readonly handle: FileHandle; readonly end: number }> => {
  const handle = await open(path, 'a+').then(async (made) => {
    await made.close();
    return open(path, 'r+');
  });
  const { size } = await handle.stat();
  if (size < mark.length) {
    await handle.truncate(0);
    await handle.write(mark, 0, mark.length, 0);
    await handle.sync();
    return { handle, end: mark.length };
  }
  const found = Buffer.alloc(mark.length);
  await handle.read(found, 0, mark.length, 0);
  if (!found.equals(mark)) {
    await handle.close();
    throw new Error(`${path} is no event journal`);
  }
  const end = readFrames(handle, index);
  index.visible = index.count;
  if (size > end) {
    await handle.truncate(end);
    await handle.sync();
  }
  return { handle, end };
};
