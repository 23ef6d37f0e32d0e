import { HttpException } from '@nestjs/common';

/** One thing wrong with a request: where (a JSON path) and what. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Body of every error answer: `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly faults?: readonly Fault[];
  /** How many there are beside those in `faults`. */
  readonly moreFaults?: number;
  readonly [member: string]: unknown;
}

export class ProblemException extends HttpException {
  constructor(
    readonly problem: Problem,
    /** Headers that the answer needs besides: `www-authenticate`, `retry-after`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem, problem.status);
  }
}

/** Faults that one answer tells; of more it says how many. */
const toldFaults = 50;
/** Faults that the answer to a batch tells of all its items. */
const toldOfBatch = 1_000;
/** Characters of a path that an answer repeats, and of a message: the name of a member may be as long as the body. */
const toldOfPath = 200;
const toldOfMessage = 1_000;

const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit).toWellFormed()}…`;

const told = (
  faults: readonly Fault[],
  limit = toldFaults,
): { readonly faults: readonly Fault[]; readonly moreFaults?: number } => {
  const first = faults
    .slice(0, limit)
    .map(({ path, message }) => ({ path: cut(path, toldOfPath), message: cut(message, toldOfMessage) }));
  return faults.length <= limit ? { faults: first } : { faults: first, moreFaults: faults.length - limit };
};

/**
 * An answer that says no. `code` is kebab-case and stable; clients may switch on `type`, which ends in it. The first
 * 50 faults are told; `moreFaults` is the number of the others.
 */
export const problem = (
  status: number,
  code: string,
  title: string,
  more: {
    readonly detail?: string;
    readonly faults?: readonly Fault[];
    readonly [member: string]: unknown;
  } = {},
): ProblemException =>
  new ProblemException({
    type: `urn:city311:problem:${code}`,
    title,
    status,
    ...more,
    ...(more.faults === undefined ? {} : told(more.faults)),
  });

/** 401 with the challenge of RFC 6750, for a request without a key or with one that is refused. */
export const unauthorized = (code: 'key-missing' | 'key-unknown', title: string): ProblemException => {
  const error = code === 'key-missing' ? '' : ', error="invalid_token"';
  return new ProblemException(problem(401, code, title).problem, {
    'www-authenticate': `Bearer realm="city311"${error}`,
  });
};

/**
 * For the problems of a batch's items, in order: as they are until a thousand faults were told, then the first fault
 * of each and how many more it has, so that the answer does not outgrow the batch.
 */
export const faultsOfBatch = (): ((answer: Problem) => Problem) => {
  let left = toldOfBatch;
  return (answer) => {
    if (answer.faults === undefined) return answer;
    const limit = Math.max(1, left);
    left -= answer.faults.length;
    if (answer.faults.length <= limit) return answer;
    const { faults, moreFaults = 0 } = told(answer.faults, limit);
    return { ...answer, faults, moreFaults: moreFaults + (answer.moreFaults ?? 0) };
  };
};

/** 429: whoever asks has asked for more than it may, and may ask again after so many seconds. */
export const tooManyRequests = (seconds: number): ProblemException =>
  new ProblemException(
    problem(429, 'too-many-requests', `Too many requests; try again in ${seconds} s`).problem,
    { 'retry-after': String(seconds) },
  );
