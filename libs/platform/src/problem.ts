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
  readonly [member: string]: unknown;
}

export class ProblemException extends HttpException {
  constructor(readonly problem: Problem) {
    super(problem, problem.status);
  }
}

/** An answer that says no. `code` is kebab-case and stable; clients may switch on `type`, which ends in it. */
export const problem = (
  status: number,
  code: string,
  title: string,
  more: {
    readonly detail?: string;
    readonly faults?: readonly Fault[];
    readonly [member: string]: unknown;
  } = {},
): ProblemException => new ProblemException({ type: `urn:city311:problem:${code}`, title, status, ...more });
