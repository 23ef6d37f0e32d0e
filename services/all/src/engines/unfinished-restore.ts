import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder in the data folder where a backup is made ready; it vanishes when all is in its place. */
export const restoringFolder = '.restoring';

export const isRestoring = (dataFolder: string): boolean => existsSync(join(dataFolder, restoringFolder));

/** What lies in the folder is half of a backup. */
export class UnfinishedRestoreError extends RangeError {
  override readonly name = 'UnfinishedRestoreError';
}

/** @throws UnfinishedRestoreError  a restore into this folder broke off: what lies there must not be started on */
export const refuseUnfinishedRestore = (dataFolder: string): void => {
  if (!isRestoring(dataFolder)) return;
  throw new UnfinishedRestoreError(
    `a restore into ${dataFolder} is under way or broke off: wait for it, or empty the folder and restore again`,
  );
};
