import { happenedFaults, type Fault } from '@city311/platform';

const dayMs = 86_400_000;

/** What is wrong with an event's time; only who imports may tell of history. */
export const timeFaults = (time: string | undefined, mayImport: boolean, now: Date): readonly Fault[] => {
  const faults = happenedFaults('time', time, now);
  if (faults.length > 0 || time === undefined || mayImport) return faults;
  return now.getTime() - Date.parse(time) > dayMs
    ? [{ path: 'time', message: 'may lie back one day at most, unless the key may import history' }]
    : [];
};
