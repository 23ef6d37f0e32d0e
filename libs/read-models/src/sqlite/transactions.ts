import { TransientError } from '@city311/kernel';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';

const mayPass = /^SQLITE_(BUSY|FULL|IOERR|LOCKED)/;

/** The same error, as a TransientError where the file may be writable later. */
export const translated = (error: unknown): unknown =>
  error instanceof Sqlite.SqliteError && mayPass.test(error.code)
    ? new TransientError(`the view store cannot go on now: ${error.code}`, { cause: error })
    : error;

interface Brackets {
  readonly read: Statement<[]>;
  readonly write: Statement<[]>;
  readonly commit: Statement<[]>;
  readonly rollback: Statement<[]>;
}

const known = new WeakMap<Database, Brackets>();

/** Prepared once: the driver's own `transaction` makes four functions for each call. */
const bracketsOf = (database: Database): Brackets => {
  const before = known.get(database);
  if (before !== undefined) return before;
  const prepare = (sql: string): Statement<[]> => database.prepare<[]>(sql);
  const brackets = {
    read: prepare('BEGIN'),
    write: prepare('BEGIN IMMEDIATE'),
    commit: prepare('COMMIT'),
    rollback: prepare('ROLLBACK'),
  };
  known.set(database, brackets);
  return brackets;
};

/** Asked anew each time: what failed may have ended it. */
const isInside = (database: Database): boolean => database.inTransaction;

const within = <Result>(database: Database, kind: 'read' | 'write', work: () => Result): Result => {
  if (isInside(database)) return work();
  const brackets = bracketsOf(database);
  try {
    brackets[kind].run();
    const result = work();
    brackets.commit.run();
    return result;
  } catch (error) {
    if (isInside(database)) brackets.rollback.run();
    throw translated(error);
  }
};

/** One snapshot for all that `work` reads. */
export const reading = <Result>(database: Database, work: () => Result): Result =>
  within(database, 'read', work);

/** All or nothing, with the write lock from the start. @throws TransientError  locked by another process, disk full */
export const writing = <Result>(database: Database, work: () => Result): Result =>
  within(database, 'write', work);
