import { isRealLocalTime } from '../replay/local-time.js';

/** A wall-clock time some hours later or earlier; where the clocks leave that time out, an hour after it. */
export const addHours = (local: string, hours: number): string => {
  const moved = new Date(Date.parse(`${local.replace(' ', 'T')}Z`) + Math.round(hours * 3600) * 1000)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
  return isRealLocalTime(moved) ? moved : addHours(moved, 1);
};
