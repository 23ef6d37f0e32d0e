import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this user may read a file or folder and write to it. */
export const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const databases = ['events.db', 'vault.db', 'consumers.db', 'views.db'];
const parts = ['', '-wal', '-shm'];

/** What a start writes to and this user may not: the folder, or else its databases with what SQLite keeps beside them. */
export const closedPaths = (folder: string, may: (path: string) => boolean = mayWrite): readonly string[] => {
  if (!existsSync(folder)) return [];
  if (!may(folder)) return [folder];
  return databases
    .flatMap((name) => parts.map((part) => join(folder, `${name}${part}`)))
    .filter((path) => existsSync(path) && !may(path));
};
