import { describe, expect, it } from '@jest/globals';

import { createLogger, type Logger } from './logging.js';
import { problem } from './problem.js';

/** The lines that `log` writes. */
const linesOf = (log: (logger: Logger) => void, level = 'debug'): readonly string[] => {
  const lines: string[] = [];
  log(createLogger(level, { write: (line) => lines.push(line) }));
  return lines;
};

const lineOf = (log: (logger: Logger) => void): string => linesOf(log).join('');

const person = {
  email: 'ada@example.org',
  phone: '617-555-0100',
  firstName: 'Adelaide',
  lastName: 'Lovelace',
  address: '12 Warren St',
};
const details = Object.values(person);
const expectNothingPersonal = (line: string): void => {
  for (const detail of details) expect(line).not.toContain(detail);
};

describe('A log line', () => {
  it('says what happened and how bad it is, as JSON', () => {
    const line: unknown = JSON.parse(
      lineOf((logger) => logger.warn({ view: 'cases', tries: 2 }, 'tries again')),
    );
    expect(line).toMatchObject({ level: 40, view: 'cases', tries: 2, msg: 'tries again' });
  });

  it('is written at its level and above only', () => {
    expect(linesOf((logger) => logger.info('quiet'), 'warn')).toEqual([]);
  });

  it.each([
    ['at the top', person],
    ['one member down', { contact: person }],
    ['far down, within lists too', { a: { b: [{ c: { d: [person] } }] } }],
    ['under a name of ours', { body: { report: person } }],
  ])('withholds who it is about %s', (_, logged) => {
    expectNothingPersonal(lineOf((logger) => logger.info(logged, 'reported')));
  });

  it('withholds what people wrote, credentials and keys by name', () => {
    const logged = {
      description: 'Wet',
      text: 'Wet',
      title: 'Wet',
      authorization: 'Wet',
      key: 'Wet',
      secret: 'Wet',
    };
    expect(lineOf((logger) => logger.info({ headers: logged }, 'x'))).not.toContain('Wet');
  });

  it('masks contact details, ciphertext and keys inside any text', () => {
    const key = `city311_mobile-app_${'a'.repeat(43)}`;
    const line = lineOf((logger) =>
      logger.info(
        { reason: `550 <ada@example.org> 617-555-0100 p1.k7f3a.c2VjcmV0 ${key}` },
        'mail to ada@example.org',
      ),
    );
    expectNothingPersonal(line);
    expect(line).not.toContain('c2VjcmV0');
    expect(line).not.toContain('aaaa');
  });

  it('leaves case numbers, instants and ids as they are', () => {
    const logged = {
      subject: '260000000014',
      time: '2026-11-22T14:05:06.000Z',
      id: '019a9c4e-8a00-7000-8000-000000000001',
      stream: 'intake.case-260000000014',
    };
    expect(JSON.parse(lineOf((logger) => logger.info(logged, 'x')))).toMatchObject({ ...logged, msg: 'x' });
  });

  it('tells of an error with its stack, its members and its causes, and withholds there too', () => {
    const cause = Object.assign(new Error('550 no such user ada@example.org'), {
      ...person,
      code: 'EENVELOPE',
    });
    const error = Object.assign(new Error('the mail to ada@example.org failed', { cause }), {
      rejected: [person.email],
    });
    for (const log of [
      (logger: Logger) => logger.error({ err: error }, 'failed'),
      (logger: Logger) => logger.error(error),
    ]) {
      const line = lineOf(log);
      expectNothingPersonal(line);
      expect(JSON.parse(line)).toMatchObject({
        err: {
          type: 'Error',
          message: 'the mail to [email] failed',
          stack: expect.stringContaining('logging.spec'),
          cause: { code: 'EENVELOPE' },
        },
      });
    }
  });

  it('does not repeat the faults’ texts of a problem’s detail', () => {
    const line = lineOf((logger) =>
      logger.error({ err: problem(400, 'x', 'y', { detail: 'ada@example.org' }) }, 'x'),
    );
    expectNothingPersonal(line);
  });

  it('ends, whatever is logged', () => {
    const circle: Record<string, unknown> = { name: 'round' };
    circle['self'] = circle;
    circle['wide'] = Array.from({ length: 5_000 }, () => ({ n: 1 }));
    const line = lineOf((logger) => logger.info({ circle, bytes: new Uint8Array(1e6) }, 'x'));
    expect(line.length).toBeLessThan(100_000);
    expect(line).toContain('[cut short]');
  });
});
