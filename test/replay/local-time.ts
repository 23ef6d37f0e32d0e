const hourMs = 3_600_000;
const formatter = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const localPattern = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;
const offsets = new Map<number, number>();

/** The zone's offset at an instant, in milliseconds; it changes on full hours only. */
const offsetAt = (instantMs: number): number => {
  const hour = Math.floor(instantMs / hourMs);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(hour * hourMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = part;
  const offset = Date.UTC(year, month - 1, day, hours, minute, second) - hour * hourMs;
  offsets.set(hour, offset);
  return offset;
};

/**
 * Instant of a Boston wall-clock time `YYYY-MM-DD HH:MM:SS`. In the hour that autumn repeats it is the first one;
 * in the hour that spring leaves out it is the same minute of the next hour.
 * @throws RangeError  the text has another shape
 */
export const instantOf = (local: string): string => {
  const match = localPattern.exec(local.trim());
  if (!match) throw new RangeError(`not a local time: ${JSON.stringify(local)}`);
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const wall = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  const before = offsetAt(wall - 24 * hourMs);
  const after = offsetAt(wall + 24 * hourMs);
  const first = wall - before;
  if (before === after || offsetAt(first) === before) return new Date(first).toISOString();
  const fromAfter = wall - after;
  return new Date(offsetAt(fromAfter) === after ? fromAfter : first).toISOString();
};

/** Boston wall-clock time of an instant, `YYYY-MM-DD HH:MM:SS`; fractions of a second are cut off. */
export const localOf = (instant: string): string => {
  const ms = Date.parse(instant);
  return new Date(ms + offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
};

/** Whether a wall-clock time ever was: false in the hour that spring leaves out. */
export const isRealLocalTime = (local: string): boolean => localOf(instantOf(local)) === local.trim();
