import { TransientError } from '@city311/kernel';

/** Faults of the question itself, which is as wrong the next time: not to be retried. */
const wrongByName = new Set(['MongoInvalidArgumentError', 'MongoParseError', 'MongoCompatibilityError']);
/** BadValue, FailedToParse, TypeMismatch, CommandNotFound, InvalidNamespace, IndexOptionsConflict, too large. */
const wrongByCode = new Set<unknown>([2, 9, 14, 59, 73, 85, 86, 10334, 17280, 17419]);

interface Named {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: unknown;
}

/** Not by `instanceof`: under a test runner errors come from another realm, and no driver need be loaded for this. */
const isNamed = (error: unknown): error is Named =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error;

const isOfTheDriver = (error: unknown): error is Named =>
  isNamed(error) && typeof error.name === 'string' && error.name.startsWith('Mongo');

/** Without what stood in an address before the `@`, and without the values of a key that was there already. */
const clean = (text: string): string =>
  text.replace(/\/\/[^/@\s]*@/g, '//').replace(/(dup key)[^\n]*/g, '$1');

/** Only name, message and stack: the driver's own errors carry the documents that were to be written. */
const withoutDetails = (error: Named): Error => {
  const copy = new Error(clean(error.message));
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = clean(error.stack);
  return copy;
};

/** An insert or update met a unique index. */
export const isDuplicateKey = (error: unknown): boolean => isNamed(error) && error.code === 11000;

/**
 * What to throw for an error of the MongoDB driver: a `TransientError` where the same may work later (the server is
 * away, has no majority, steps down, refuses us), else a plain error. Neither holds credentials, nor any document.
 * Errors of others come back as they are.
 * @param doing  what could not be done, for people: 'the lease could not be asked for'
 */
export const mongoFault = (doing: string, error: unknown): unknown => {
  if (!isOfTheDriver(error)) return error;
  const cause = withoutDetails(error);
  const said = `${doing}: ${cause.name}: ${cause.message.split('\n')[0] ?? ''}`.slice(0, 300);
  const wrong = wrongByName.has(error.name) || wrongByCode.has(error.code);
  return wrong ? new Error(said, { cause }) : new TransientError(said, { cause });
};

/** Runs `work` and throws what `mongoFault` makes of its errors. */
export const askMongo = async <Answer>(doing: string, work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    throw mongoFault(doing, error);
  }
};
