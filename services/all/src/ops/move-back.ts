import { join } from 'node:path';

import { loadCity } from '@city311/city';
import { changeFileMarks, openSqliteEventStore, readFileMarks } from '@city311/eventing';
import { skipCaseNumbers } from '@city311/intake';

import type { Config } from '../config.js';
import { markNames } from '../engines/folder/belongs.js';
import type { Output } from './output.js';

const log = (folder: string): string => join(folder, 'events.db');

/** From here on nobody starts on the folder. */
export const markMoved = (folder: string, target: string, at: string): void => {
  changeFileMarks(log(folder), (marks) => ({ ...marks, [markNames.moved]: `${target} at ${at}` }));
};

/**
 * Takes a folder that was moved for a system again, and leaves out the case numbers that the other one may have given
 * out. Broken off, it may be called again. Answers the exit code.
 * @throws RangeError  it was not moved
 */
export const moveBack = async ({ DATA_DIR: folder, CITY }: Config, out: Output): Promise<number> => {
  const moved = readFileMarks(log(folder))?.[markNames.moved];
  if (moved === undefined) throw new RangeError(`${folder} was not moved anywhere`);
  const store = await openSqliteEventStore({ folder });
  try {
    const skipped = await skipCaseNumbers(store, new Date().toISOString(), loadCity(CITY).jurisdiction);
    out.line(`${skipped} case numbers are left out: they may have been given out in ${moved}.`);
  } finally {
    await store.close();
  }
  changeFileMarks(log(folder), ({ [markNames.moved]: _, ...marks }) => marks);
  out.line(`${folder} may be started on again. What was taken since in the other system is not in it.`);
  return 0;
};
