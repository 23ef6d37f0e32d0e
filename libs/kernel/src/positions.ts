import type { Position } from './envelope.js';

/** Between the total of a position that is made up of many and its parts. */
export const partsMark = '|';

/** Next offset of each partition, by topic. */
type Offsets = ReadonlyMap<string, readonly number[]>;

const offsetsIn = (parts: string): Offsets =>
  new Map(
    parts.split(partsMark).map((part) => {
      const colon = part.lastIndexOf(':');
      return [
        part.slice(0, colon),
        part
          .slice(colon + 1)
          .split(',')
          .map(Number),
      ];
    }),
  );

/**
 * Whether a reader at `position` has seen all that lay before `wanted`. Positions of a single log compare as they
 * stand. One of many partitions, `<sum>|<topic>:<next offset>,…|<topic>:…`, has reached another when each of its
 * partitions has; topics that the reader does not follow are not waited for.
 */
export const hasReached = (position: Position, wanted: Position): boolean => {
  const mark = position.indexOf(partsMark);
  const other = wanted.indexOf(partsMark);
  if (mark < 0 || other < 0) return position >= wanted;
  const before = offsetsIn(wanted.slice(other + 1));
  for (const [topic, offsets] of offsetsIn(position.slice(mark + 1)))
    for (const [partition, offset] of (before.get(topic) ?? []).entries())
      if ((offsets[partition] ?? 0) < offset) return false;
  return true;
};
