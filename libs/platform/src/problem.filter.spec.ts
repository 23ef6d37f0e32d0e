import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
  type ArgumentsHost,
} from '@nestjs/common';

import { VersionConflictError } from '@city311/eventing';
import { PoisonMessageError, TransientError } from '@city311/kernel';

import { createLogger } from './logging.js';
import { ProblemFilter, problemOf } from './problem.filter.js';
import { problem } from './problem.js';

const inside = 'SELECT secret FROM /var/lib/data';

describe('What an error answers', () => {
  it('is the problem that was thrown, as it is', () => {
    const faults = [{ path: 'a.b', message: 'must be text' }];
    expect(problemOf(problem(400, 'invalid', 'The request has faults', { faults, caseNumber: '1' }))).toEqual(
      {
        type: 'urn:city311:problem:invalid',
        title: 'The request has faults',
        status: 400,
        faults,
        caseNumber: '1',
      },
    );
  });

  it('is 409 where somebody else was faster', () => {
    expect(problemOf(new VersionConflictError('intake.case-1', 3, 4))).toMatchObject({
      status: 409,
    });
  });

  it('is 503 where it may work later', () => {
    expect(problemOf(new TransientError(inside))).toMatchObject({ status: 503 });
  });

  it.each([
    new Error(inside),
    new PoisonMessageError(inside),
    new InternalServerErrorException(inside),
    new TransientError(inside),
    Object.assign(new Error(inside), { statusCode: 502 }),
    Object.assign(new Error(inside), { statusCode: 200 }),
    Object.assign(new Error(inside), { statusCode: '400' }),
    inside,
    null,
    undefined,
    { inside },
  ])('says nothing of the inside where the fault is ours: %s', (error) => {
    const answer = problemOf(error);
    expect([500, 503]).toContain(answer.status);
    expect(JSON.stringify(answer)).not.toContain('SELECT');
    expect(Object.keys(answer).sort()).toEqual(['status', 'title', 'type']);
  });

  it.each([
    [404, new NotFoundException('Cannot GET /x')],
    [413, new PayloadTooLargeException()],
    [415, new UnsupportedMediaTypeException()],
    [413, Object.assign(new Error('x'), { statusCode: 413 })],
    [400, new BadRequestException('Unexpected end')],
    [400, Object.assign(new Error('not JSON'), { statusCode: 400 })],
  ])('is a plain %i where the request is at fault', (status, error) => {
    expect(problemOf(error)).toMatchObject({
      status,
      type: expect.stringMatching(/^urn:city311:problem:[a-z-]+$/),
    });
  });
});

describe('The filter', () => {
  class Reply {
    sent = false;
    code = 0;
    headers: Record<string, string> = {};
    body = '';
    status(code: number): this {
      this.code = code;
      return this;
    }
    header(name: string, value: string): this {
      this.headers[name] = value;
      return this;
    }
    type(value: string): this {
      return this.header('content-type', value);
    }
    send(body: string): void {
      this.body = body;
    }
  }

  const request = { url: '/api/cases/1', headers: {} };
  const answering = (error: unknown, sent = false): { reply: Reply; logged: readonly string[] } => {
    const reply = new Reply();
    reply.sent = sent;
    const logged: string[] = [];
    const filter = new ProblemFilter(createLogger('error', { write: (line) => logged.push(line) }));
    const host = {
      getType: () => 'http',
      switchToHttp: () => ({ getResponse: () => reply, getRequest: () => request }),
    };
    filter.catch(error, host as unknown as ArgumentsHost);
    return { reply, logged };
  };

  it('answers problem+json and keeps quiet about what callers did wrong', () => {
    const { reply, logged } = answering(problem(404, 'no-such-case', 'There is no such case'));
    expect(reply.code).toBe(404);
    expect(reply.headers).toEqual({ 'content-type': 'application/problem+json; charset=utf-8' });
    expect(JSON.parse(reply.body)).toMatchObject({ status: 404, title: 'There is no such case' });
    expect(logged).toEqual([]);
  });

  it('says when to come back where it cannot be done now', () => {
    expect(answering(new TransientError('full')).reply.headers['retry-after']).toBe('1');
  });

  it('logs a defect with its stack, which the answer lacks', () => {
    const { reply, logged } = answering(new Error(inside));
    expect(reply.body).not.toContain('SELECT');
    expect(logged.join()).toContain('problem.filter.spec');
  });

  it('leaves an answer alone that has gone out already', () => {
    expect(answering(new Error('late'), true).reply.body).toBe('');
  });

  it('passes on what did not come over HTTP', () => {
    const filter = new ProblemFilter(createLogger('silent'));
    const host = { getType: () => 'rpc' } as unknown as ArgumentsHost;
    expect(() => {
      filter.catch(new Error('a consumer’s'), host);
    }).toThrow('a consumer’s');
  });
});
