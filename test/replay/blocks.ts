import { instantOf } from './local-time.js';

/**
 * When each block of the sample file was taken from the city's system. An open case is overdue or not at that
 * instant, so `ontime` can only be compared there. Found from the rows themselves: later than the block's last
 * closing, later than the last target that an open case is OVERDUE for, earlier than the first that one is
 * ONTIME for. Only B-2015 has open cases on both sides (2016-01-12 22:53:53 and 2016-01-13 08:45:22).
 */
const takenAt: Readonly<Record<string, string>> = {
  'A-2011H2': '2019-11-01 00:00:00',
  'B-2015': '2016-01-13 00:00:00',
  'C-animal2013-2023': '2023-12-31 00:00:00',
  'D-sample2015-2024': '2024-12-31 00:00:00',
};

/** Instant at which a block's open cases are judged; undefined where the block is not known: judge them today. */
export const asOfForBlock = (block: string): string | undefined => {
  const local = takenAt[block];
  return local === undefined ? undefined : instantOf(local);
};
