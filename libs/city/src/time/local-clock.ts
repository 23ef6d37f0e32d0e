import type { Instant } from '@city311/kernel';

import { createOffsets } from './zone-offsets.js';

/**
 * A city's wall clock. Local text is `YYYY-MM-DD HH:MM:SS`; instants are ISO 8601 UTC or milliseconds since 1970.
 * A local time that a spring change skips is read with the offset before the change (02:30 becomes 03:30);
 * one that an autumn change repeats is read as its first occurrence.
 */
export interface LocalClock {
  readonly timeZone: string;
  /** Milliseconds are cut off. @throws RangeError  not an instant */
  toLocal(instant: Instant | number): string;
  /** Takes `YYYY-MM-DD HH:MM:SS`, `T` for the space, or a date alone (midnight). @throws RangeError  anything else */
  fromLocal(text: string): Instant;
  /** As `fromLocal`, in milliseconds since 1970. */
  fromLocalMs(text: string): number;
  /** What the wall clock shows, as if it were UTC: milliseconds since 1970. For arithmetic on local days. */
  wallMs(instantMs: number): number;
  /** The instant at which the wall clock shows `wallMs`; gaps and overlaps as in `fromLocal`. */
  fromWallMs(wallMs: number): number;
}

const two = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
const pad2 = (value: number): string => two[value] ?? String(value);

/** `YYYY-MM-DD HH:MM:SS` of milliseconds that count wall time as UTC. */
export const formatWall = (wallMs: number): string => {
  const days = Math.floor(wallMs / 86_400_000);
  const seconds = Math.floor((wallMs - days * 86_400_000) / 1000);
  return `${formatDay(days)} ${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
};

/** As `Date.prototype.toISOString`, several times faster for days that follow each other. */
export const isoInstant = (instantMs: number): Instant => {
  const days = Math.floor(instantMs / 86_400_000);
  const rest = instantMs - days * 86_400_000;
  const seconds = Math.floor(rest / 1000);
  const clock = `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
  return `${formatDay(days)}T${clock}.${String(Math.floor(rest) % 1000).padStart(3, '0')}Z`;
};

let shownDay = Number.NaN;
let shownText = '';
const formatDay = (days: number): string => {
  if (days !== shownDay) {
    const date = new Date(days * 86_400_000);
    shownText = `${String(date.getUTCFullYear()).padStart(4, '0')}-${pad2(date.getUTCMonth() + 1)}-${pad2(date.getUTCDate())}`;
    shownDay = days;
  }
  return shownText;
};

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};
const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Milliseconds of a local text, counted as if it were UTC. @throws RangeError  not a local time, or no such day */
export const parseWall = (text: string): number => {
  const separator = text.charCodeAt(10);
  const shaped =
    text[4] === '-' &&
    text[7] === '-' &&
    (text.length === 10 ||
      (text.length === 19 && (separator === 32 || separator === 84) && text[13] === ':' && text[16] === ':'));
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const time = text.length === 19;
  const hour = time ? pair(text, 11) : 0;
  const minute = time ? pair(text, 14) : 0;
  const second = time ? pair(text, 17) : 0;
  const valid = shaped && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
  const wallMs = valid ? Date.UTC(year, month - 1, day, hour, minute, second) : Number.NaN;
  if (Number.isNaN(wallMs) || year < 1900 || new Date(wallMs).getUTCDate() !== day) {
    throw new RangeError(`not a local time: ${JSON.stringify(text)}`);
  }
  return wallMs;
};

/** @throws RangeError  the platform does not know `timeZone` */
export const createLocalClock = (timeZone: string): LocalClock => {
  const offsets = createOffsets(timeZone);
  const wallMs = (instantMs: number): number => instantMs + offsets.at(instantMs).offsetMs;

  const fromWallMs = (wall: number): number => {
    const earlier = offsets.at(wall - 86_400_000).offsetMs;
    const first = wall - earlier;
    const span = offsets.at(first);
    if (span.offsetMs === earlier) return first;
    const second = wall - span.offsetMs;
    return offsets.at(second).offsetMs === span.offsetMs ? second : first;
  };

  const fromLocalMs = (text: string): number => fromWallMs(parseWall(text));

  return {
    timeZone,
    toLocal(instant) {
      const instantMs = typeof instant === 'number' ? instant : Date.parse(instant);
      if (Number.isNaN(instantMs)) throw new RangeError(`not an instant: ${JSON.stringify(instant)}`);
      return formatWall(wallMs(instantMs));
    },
    fromLocal: (text) => isoInstant(fromLocalMs(text)),
    fromLocalMs,
    wallMs,
    fromWallMs,
  };
};
