import { TransientError } from '@city311/kernel';
import Sqlite, { type Database } from 'better-sqlite3';

const mayPass = /^SQLITE_(BUSY|FULL|IOERR|LOCKED)/;

const translated = (error: unknown): unknown =>
  error instanceof Sqlite.SqliteError && mayPass.test(error.code)
    ? new TransientError(`the view store cannot go on now: ${error.code}`, { cause: error })
    : error;

/** One snapshot for all that `work` reads. */
export const reading = <Result>(database: Database, work: () => Result): Result => {
  try {
    return database.transaction(work).deferred();
  } catch (error) {
    throw translated(error);
  }
};

/** All or nothing, with the write lock from the start. @throws TransientError  locked by another process, disk full */
export const writing = <Result>(database: Database, work: () => Result): Result => {
  try {
    return database.transaction(work).immediate();
  } catch (error) {
    throw translated(error);
  }
};
