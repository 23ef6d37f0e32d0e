import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';

import { VersionConflictError } from '@city311/eventing';
import { TransientError } from '@city311/kernel';

import { errorAnswer } from './error-form.js';
import type { Logger } from './logging.js';
import { ProblemException, problem, type Problem } from './problem.js';

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Reply {
  readonly sent: boolean;
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  type(contentType: string): Reply;
  send(body: unknown): unknown;
}

/** What an error answers over HTTP; the one place where a status is chosen. Defects answer 500 and say nothing of the inside. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof ProblemException) return error.problem;
  if (error instanceof VersionConflictError) {
    return problem(409, 'changed-meanwhile', 'Somebody else changed it at the same moment; try again')
      .problem;
  }
  if (error instanceof TransientError) {
    return problem(503, 'not-now', 'This cannot be done at the moment; try again shortly').problem;
  }
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === 413) return problem(413, 'too-large', 'The request body is too large').problem;
  if (status === 415)
    return problem(415, 'unknown-content-type', 'This content type is not taken here').problem;
  if (status === 404) return problem(404, 'not-found', 'There is nothing here').problem;
  if (status >= 400 && status < 500) {
    const detail = error instanceof Error ? error.message : undefined;
    return problem(
      status,
      'bad-request',
      'The request cannot be read',
      detail === undefined ? {} : { detail },
    ).problem;
  }
  return problem(500, 'defect', 'Something went wrong on our side').problem;
};

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const reply = http.getResponse<Reply>();
    const { url, headers } = http.getRequest<Request>();
    const answer = problemOf(error);
    // A 503 that somebody chose to answer was told by whoever knows its cause.
    const isTold = error instanceof ProblemException && answer.status === 503;
    if (answer.status >= 500 && !isTold) this.logger.error({ err: error }, 'request failed');
    if (reply.sent) return;
    if (answer.status === 503) void reply.header('retry-after', '1');
    if (error instanceof ProblemException)
      for (const [name, value] of Object.entries(error.headers)) void reply.header(name, value);
    const { contentType, body } = errorAnswer({ url, accept: headers['accept'] }, answer);
    void reply.status(answer.status).type(contentType).send(body);
  }
}
