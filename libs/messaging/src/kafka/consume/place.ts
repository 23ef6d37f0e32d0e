import { partsMark, type Position } from '@city311/kernel';

/** Next offset of each partition, by topic: where a reader stands. */
export type Place = ReadonlyMap<string, readonly number[]>;

const totalDigits = 16;

/**
 * A place as a position: the sum of its offsets, so that later positions of one reader are greater ones, then its
 * topics in the order of their names. `hasReached` of the kernel compares two of them.
 */
export const toPosition = (place: Place): Position => {
  let total = 0;
  const parts: string[] = [];
  for (const topic of [...place.keys()].toSorted()) {
    const offsets = place.get(topic) ?? [];
    for (const offset of offsets) total += offset;
    parts.push(`${topic}:${offsets.join(',')}`);
  }
  return [String(total).padStart(totalDigits, '0'), ...parts].join(partsMark) as Position;
};

/** Null where it is no position of this adapter, as in a view that was filled from another engine. */
export const fromPosition = (position: Position): Place | null => {
  const [total, ...parts] = position.split(partsMark);
  if (total === undefined || parts.length === 0) return null;
  const place = new Map<string, readonly number[]>();
  for (const part of parts) {
    const match = /^([^:]+):([0-9]+(?:,[0-9]+)*)$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) return null;
    place.set(match[1], match[2].split(',').map(Number));
  }
  return place;
};

/** Whether every partition of `wanted` has been passed. */
export const isPast = (place: Place, wanted: Place): boolean => {
  for (const [topic, offsets] of wanted)
    for (const [partition, offset] of offsets.entries())
      if ((place.get(topic)?.[partition] ?? 0) < offset) return false;
  return true;
};
