/**
 * How appends and their results travel between threads and processes: a few numbers and one long text, which cost a
 * copy rather than a walk through objects. Stands alone, so that the writer thread can load it from source.
 */
import type { Socket } from 'node:net';

import type { AppendResult, EncodedAppend } from './writer-protocol.js';

export interface PackedAppends {
  /** Streams, one behind the other. */
  readonly names: string;
  /** Texts, one behind the other. */
  readonly text: string;
  /** For each append: expected, retried, length of its stream, count of its texts, length of each. */
  readonly numbers: Int32Array;
}

export interface PackedResults {
  /** For each append: outcome, revision, position. */
  readonly numbers: Float64Array;
  /** Of the appends that failed. */
  readonly reason: string;
}

const outcomes = ['written', 'already-written', 'conflict', 'failed'] as const;

export const packAppends = (appends: readonly EncodedAppend[]): PackedAppends => {
  let count = 0;
  for (const { texts } of appends) count += 4 + texts.length;
  const numbers = new Int32Array(count);
  const names: string[] = [];
  const all: string[] = [];
  let at = 0;
  for (const { stream, expected, retried, texts } of appends) {
    numbers[at] = expected;
    numbers[at + 1] = retried ? 1 : 0;
    numbers[at + 2] = stream.length;
    numbers[at + 3] = texts.length;
    at += 4;
    names.push(stream);
    for (const text of texts) {
      numbers[at] = text.length;
      at += 1;
      all.push(text);
    }
  }
  return { names: names.join(''), text: all.join(''), numbers };
};

export const unpackAppends = ({ names, text, numbers }: PackedAppends): EncodedAppend[] => {
  const appends: EncodedAppend[] = [];
  let name = 0;
  let start = 0;
  for (let at = 0; at < numbers.length;) {
    const expected = numbers[at] ?? 0;
    const retried = numbers[at + 1] === 1;
    const stream = names.slice(name, name + (numbers[at + 2] ?? 0));
    const count = numbers[at + 3] ?? 0;
    at += 4;
    name += stream.length;
    const texts: string[] = [];
    for (const end = at + count; at < end; at += 1) {
      const length = numbers[at] ?? 0;
      texts.push(text.slice(start, start + length));
      start += length;
    }
    appends.push({ stream, category: stream.slice(0, stream.indexOf('-')), expected, texts, retried });
  }
  return appends;
};

export const packResults = (results: readonly AppendResult[]): PackedResults => {
  const numbers = new Float64Array(results.length * 3);
  let reason = '';
  results.forEach((result, index) => {
    numbers[index * 3] = outcomes.indexOf(result.outcome);
    if (result.outcome === 'failed') ({ reason } = result);
    else if (result.outcome === 'conflict') numbers[index * 3 + 1] = result.actual;
    else {
      numbers[index * 3 + 1] = result.revision;
      numbers[index * 3 + 2] = result.position;
    }
  });
  return { numbers, reason };
};

export const unpackResults = ({ numbers, reason }: PackedResults): AppendResult[] => {
  const results: AppendResult[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const outcome = outcomes[numbers[at] ?? 3] ?? 'failed';
    const revision = numbers[at + 1] ?? 0;
    if (outcome === 'failed') results.push({ outcome, reason });
    else if (outcome === 'conflict') results.push({ outcome, actual: revision });
    else results.push({ outcome, revision, position: numbers[at + 2] ?? 0 });
  }
  return results;
};

const word = 4;
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
/** A copy: numbers must lie at a multiple of their size, which what comes through a socket does not. */
const copied = (body: Buffer, start: number, end: number): ArrayBuffer =>
  new Uint8Array(body.subarray(start, end)).buffer;

/** Length of what follows, then `id`, the sizes of the parts, the parts. */
const frame = (id: number, numbers: Uint8Array, ...texts: readonly string[]): Buffer => {
  const sizes = [numbers.length, ...texts.map((text) => Buffer.byteLength(text))];
  const start = (2 + sizes.length) * word;
  const whole = Buffer.allocUnsafe(start + sizes.reduce((sum, size) => sum + size, 0));
  whole.writeUInt32LE(whole.length - word, 0);
  whole.writeUInt32LE(id, word);
  sizes.forEach((size, index) => whole.writeUInt32LE(size, (2 + index) * word));
  whole.set(numbers, start);
  let at = start + numbers.length;
  for (const text of texts) at += whole.write(text, at);
  return whole;
};

export const appendFrame = (id: number, { names, text, numbers }: PackedAppends): Buffer =>
  frame(id, bytesOf(numbers as Int32Array<ArrayBuffer>), names, text);

export const readAppendFrame = (body: Buffer): { readonly id: number; readonly packed: PackedAppends } => {
  const numbersEnd = 4 * word + body.readUInt32LE(word);
  const namesEnd = numbersEnd + body.readUInt32LE(2 * word);
  return {
    id: body.readUInt32LE(0),
    packed: {
      numbers: new Int32Array(copied(body, 4 * word, numbersEnd)),
      names: body.toString('utf8', numbersEnd, namesEnd),
      text: body.toString('utf8', namesEnd, namesEnd + body.readUInt32LE(3 * word)),
    },
  };
};

export const resultsFrame = (id: number, { numbers, reason }: PackedResults): Buffer =>
  frame(id, bytesOf(numbers as Float64Array<ArrayBuffer>), reason);

/** An answer to nobody: the log has got as far as `head`, readable by everybody. Requests count from 1. */
export const commitFrame = (head: number): Buffer =>
  resultsFrame(0, { numbers: Float64Array.of(head), reason: '' });

export const readResultsFrame = (body: Buffer): { readonly id: number; readonly packed: PackedResults } => {
  const numbersEnd = 3 * word + body.readUInt32LE(word);
  return {
    id: body.readUInt32LE(0),
    packed: {
      numbers: new Float64Array(copied(body, 3 * word, numbersEnd)),
      reason: body.toString('utf8', numbersEnd, numbersEnd + body.readUInt32LE(2 * word)),
    },
  };
};

/** Calls `take` with the body of every whole frame; both ends are this same program. One that cannot be read cuts the connection. */
export const readFrames = (socket: Socket, take: (body: Buffer) => void): void => {
  let parts: Buffer[] = [];
  let have = 0;
  let needed = word;
  const takeAll = (whole: Buffer): void => {
    let at = 0;
    needed = word;
    while (whole.length - at >= word) {
      const end = at + word + whole.readUInt32LE(at);
      if (end > whole.length) {
        needed = end - at;
        break;
      }
      take(whole.subarray(at + word, end));
      at = end;
    }
    have = whole.length - at;
    parts = have === 0 ? [] : [whole.subarray(at)];
  };
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    have += chunk.length;
    if (have < needed) return;
    try {
      takeAll(parts.length === 1 ? chunk : Buffer.concat(parts));
    } catch {
      // not one of ours: nothing that comes after it can be trusted
      socket.destroy();
    }
  });
};
