const instantPattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,20})?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * ISO 8601 UTC with milliseconds, or null where `value` is no RFC 3339 instant. Days and offsets that do not exist
 * are none; a leap second is the last millisecond before the next minute.
 */
export const toInstant = (value: string): string | null => {
  const match = instantPattern.exec(value);
  if (match === null) return null;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHours, offsetMinutes] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const milliseconds = second === 60 ? 999 : Math.floor(Number(match[7] ?? 0) * 1000);
  date.setUTCHours(hour, minute, Math.min(second, 59), milliseconds);
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -1 : 1);
  const instant = new Date(date.getTime() - offset * 60_000);
  return instant.getUTCFullYear() < 0 || instant.getUTCFullYear() > 9999 ? null : instant.toISOString();
};
