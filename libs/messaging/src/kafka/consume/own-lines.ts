import type { ParkedLine } from './parked-fold.js';

/** A parked line as its owner keeps it. */
export interface OwnLine {
  /** Of its messages on their own topic, in order; from the moment a message is to be parked, not only when it is. */
  readonly offsets: number[];
  /** No message of it lies before this on the parked topic. */
  readonly from: number;
  /** The last wish to send it again that was dealt with, by where it lies. */
  done: number;
}

/** A message that comes now belongs behind the line, or stands in it or was handled before it. */
export const belongsBehind = (line: OwnLine, offset: number): boolean => offset > (line.offsets.at(-1) ?? -1);

/** Lines as a new owner finds them. */
export const ownLines = (found: ReadonlyMap<string, ParkedLine>): Map<string, OwnLine> =>
  new Map(
    [...found].map(([caseNumber, { entries }]) => [
      caseNumber,
      { offsets: entries.map(({ offset }) => offset), from: entries[0]?.lies ?? 0, done: -1 },
    ]),
  );
