import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';

import { actions, askedFor, type Action } from './work-order-action.js';

const { clock } = loadCity('boston');
const now = new Date('2026-11-27T15:00:00.000Z');
const when = { now, clock };

/** What each transition needs beside its time. */
const bodies: Readonly<Record<Action, object>> = {
  claim: { by: 'crew 7' },
  accept: {},
  schedule: { scheduledFor: '2026-12-01' },
  start: {},
  pause: { reason: 'rain' },
  resume: {},
  complete: { outcome: 'resolved' },
  'hand-back': { reason: 'not ours' },
};

const pathsOf = (action: Action, body: object): readonly string[] =>
  askedFor(action, { ...bodies[action], ...body }, when).faults.map(({ path }) => path);

describe.each(actions.map((action) => [action]))('When %s happened', (action) => {
  it('is now, or as told, never after now', () => {
    const at = (body: object): string => askedFor(action, { ...bodies[action], ...body }, when).at;
    expect(at({})).toBe(now.toISOString());
    expect(at({ at: '2026-11-27T09:00:00-05:00' })).toBe('2026-11-27T14:00:00.000Z');
    expect(pathsOf(action, { at: '2026-11-27T15:04:00Z' })).toEqual([]);
    expect(at({ at: '2026-11-27T15:04:00Z' })).toBe(now.toISOString());
  });

  it.each([
    '2050-01-01T00:00:00Z',
    '2026-11-27T15:06:00Z',
    '1969-12-31T23:59:59Z',
    '2026-11-27T15:00:00',
    '2026-11-27',
    '20261121T151500Z',
    '9999-12-31T23:59:59-12:00',
    'now',
    '',
    null,
    1_795_000_000,
  ])('is a fault for %j, and never now', (at) => {
    expect(new Set(pathsOf(action, { at }))).toEqual(new Set(['at']));
  });
});

describe('The time that work is planned for', () => {
  const planned = (scheduledFor: unknown, more: object = {}): unknown => {
    const asked = askedFor('schedule', { scheduledFor, ...more }, when);
    if (asked.faults.length > 0) return asked.faults.map(({ path }) => path);
    const command = asked.command({} as never, 'staff:PWDx');
    return 'data' in command && 'scheduledFor' in command.data ? command.data.scheduledFor : command;
  };
  const shown = (scheduledFor: unknown): string =>
    new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: clock.timeZone }).format(
      Date.parse(String(planned(scheduledFor))),
    );

  it('is a day of the city where only a day is told, whatever its clocks do on it', () => {
    expect(planned('2027-12-01')).toBe('2027-12-01T17:00:00.000Z');
    expect(shown('2027-12-01')).toBe('Wednesday, December 1, 2027');
    expect(shown('2027-03-14')).toBe('Sunday, March 14, 2027');
    expect(shown('2027-11-07')).toBe('Sunday, November 7, 2027');
    expect(shown('2026-11-27')).toBe('Friday, November 27, 2026');
  });

  it('is the instant where one is told', () => {
    expect(planned('2027-12-01T08:30:00-05:00')).toBe('2027-12-01T13:30:00.000Z');
  });

  it('lies between the day before it was planned and ten years ahead', () => {
    expect(planned('2026-11-26')).toBe('2026-11-26T17:00:00.000Z');
    for (const far of ['2026-11-25', '2015-01-01', '2037-01-01', '2150-01-01T00:00:00Z'])
      expect(planned(far)).toEqual(['scheduledFor']);
    expect(planned('2015-08-12', { at: '2015-08-11T12:00:00Z' })).toBe('2015-08-12T16:00:00.000Z');
  });

  it('is told together with every other fault', () => {
    expect(planned('tomorrow', { at: '2050-01-01T00:00:00Z', more: 1 })).toEqual(
      expect.arrayContaining(['scheduledFor', 'at', 'more']),
    );
  });
});
