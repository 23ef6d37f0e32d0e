import { createHash } from 'node:crypto';

import type { RecordedEvent } from '@city311/kernel';

const buckets = 4_096;
const wordsOfHash = 8;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};

/** Of everything that must be the same wherever the event lies: all but its position and the instant of recording. */
export const hashOfEvent = ({
  position: _position,
  recordedTime: _recorded,
  ...event
}: RecordedEvent): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(sorted(event)))
    .digest();

/** FNV-1a: spreads names evenly, no more. */
const spread = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
};

/** Part of the log that a stream belongs to. */
export const bucketOf = (stream: string): number => spread(stream) % buckets;

/**
 * What a log holds, in a megabyte whatever its size: streams go to 4,096 parts by their names, and the SHA-256 of their
 * events are summed in each. Two logs with equal digests hold the same events, in whatever order streams lie.
 */
export class LogDigest {
  readonly #sums = new Uint32Array(buckets * wordsOfHash);
  readonly #counts = new Uint32Array(buckets);
  readonly #recorded = new Uint32Array(buckets);
  events = 0;
  streams = 0;

  add(event: RecordedEvent): void {
    const { stream, sequence, recordedTime } = event;
    const bucket = bucketOf(stream);
    const hash = hashOfEvent(event);
    for (let word = 0; word < wordsOfHash; word += 1) {
      const at = bucket * wordsOfHash + word;
      this.#sums[at] = (this.#sums[at] ?? 0) + hash.readUInt32LE(word * 4);
    }
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#recorded[bucket] = (this.#recorded[bucket] ?? 0) + spread(`${stream}@${sequence} ${recordedTime}`);
    this.events += 1;
    if (sequence === 0) this.streams += 1;
  }

  /** Parts in which the two differ. */
  unlike(other: LogDigest): ReadonlySet<number> {
    const found = new Set<number>();
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      if (this.#counts[bucket] !== other.#counts[bucket]) found.add(bucket);
      for (let at = bucket * wordsOfHash; at < (bucket + 1) * wordsOfHash; at += 1)
        if (this.#sums[at] !== other.#sums[at]) found.add(bucket);
    }
    return found;
  }

  /** Whether any event was recorded at another instant. */
  recordedElsewhen(other: LogDigest): boolean {
    return this.#recorded.some((sum, bucket) => sum !== other.#recorded[bucket]);
  }
}
