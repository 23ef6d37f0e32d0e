import { TransientError } from '@city311/kernel';
import mongoose from 'mongoose';

import { ProjectionFaultError } from '../faults.js';

const { MongoError, MongoServerError, MongoInvalidArgumentError } = mongoose.mongo;

const duplicateKey = 11_000;

/** A collection was renamed or dropped under a running query: the same query on its successor answers. */
const movedCodes: ReadonlySet<unknown> = new Set([
  26, // NamespaceNotFound
  43, // CursorNotFound
  175, // QueryPlanKilled
  237, // CursorKilled
]);

/** Codes of a server that may well take the same thing later. */
const passingCodes: ReadonlySet<unknown> = new Set([
  ...movedCodes,
  6, 7, 50, 64, 79, 89, 91, 112, 134, 189, 202, 262, 290, 314, 317, 358, 384, 462,
  9001, 10058, 10107, 11600, 11602, 13388, 13435, 13436, 14031,
]); // prettier-ignore

const codeOf = (error: unknown): unknown => (error instanceof MongoServerError ? error.code : undefined);

export const isDuplicate = (error: unknown): boolean => codeOf(error) === duplicateKey;
export const hasMoved = (error: unknown): boolean => movedCodes.has(codeOf(error));

/** The same error, as a TransientError where the server is away, busy or changing its primary. */
export const translated = (error: unknown): unknown =>
  mayPass(error)
    ? new TransientError(`the read database cannot answer now: ${nameOf(error)}`, { cause: error })
    : error;

const mayPass = (error: unknown): boolean => {
  if (error instanceof ProjectionFaultError) return false;
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return true;
  // A lost connection in the middle of a batch comes without a code.
  if (error instanceof MongoServerError) return error.code === undefined || passingCodes.has(error.code);
  return error instanceof MongoError && !(error instanceof MongoInvalidArgumentError);
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));

/** Longer than a server takes that is there; one that hangs is told from it by nothing else. */
const patienceMs = 10_000;
/** For what reads or writes many documents. */
export const longPatienceMs = 60_000;

/**
 * `work`, its errors translated.
 * @throws TransientError  also after `ms` without an answer: the work may still be done, or not
 */
export const asked = async <Result>(work: () => Promise<Result>, ms = patienceMs): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TransientError(`the read database has not answered for ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw translated(error);
  } finally {
    clearTimeout(timer);
  }
};
