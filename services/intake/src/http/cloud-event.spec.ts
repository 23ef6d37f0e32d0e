import { describe, expect, it } from '@jest/globals';

import { readCloudEvent } from './cloud-event.js';
import { toInstant } from './instant.js';

const event = { specversion: '1.0', id: 'a-1', source: '/web', type: 't', data: { a: 1 } };

describe('toInstant', () => {
  it.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22t10:00:00z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.1Z', '2026-11-22T10:00:00.100Z'],
    ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00-05:00', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22T10:00:00+05:45', '2026-11-22T04:15:00.000Z'],
    ['2026-11-22T10:00:00+14:00', '2026-11-21T20:00:00.000Z'],
    ['2026-11-22T10:00:00-00:00', '2026-11-22T10:00:00.000Z'],
    ['2026-01-01T00:30:00+23:59', '2025-12-31T00:31:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
  ])('reads %s as %s', (given, expected) => {
    expect(toInstant(given)).toBe(expected);
  });

  it.each([
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-11-22 10:00:00Z',
    '2026-11-22T10:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:60:00Z',
    '2026-11-22T10:00:61Z',
    '2026-11-22T10:00:00+24:00',
    '2026-11-22T10:00:00+05:60',
    '2026-11-22T10:00:00+0530',
    '9999-12-31T23:00:00-05:00',
    'Sun Nov 22 2026',
    '',
  ])('takes %j for no instant', (given) => {
    expect(toInstant(given)).toBeNull();
  });
});

describe('A structured CloudEvent', () => {
  it('is read with its time in UTC', () => {
    expect(readCloudEvent({ ...event, time: '2026-11-22T10:00:00+02:00', subject: 's' })).toEqual({
      event: {
        id: 'a-1',
        source: '/web',
        type: 't',
        time: '2026-11-22T08:00:00.000Z',
        subject: 's',
        data: { a: 1 },
      },
      faults: [],
    });
  });

  it('may have extension attributes, which are left aside', () => {
    expect(readCloudEvent({ ...event, traceparent: '00-1', comexampleother: 5 }).faults).toEqual([]);
  });

  it('may say null for an attribute that is not there', () => {
    const read = readCloudEvent({ ...event, time: null, subject: null, datacontenttype: null });
    expect(read.faults).toEqual([]);
    expect('time' in read.event).toBe(false);
    expect(readCloudEvent({ ...event, id: null }).faults).toEqual([{ path: 'id', message: 'is missing' }]);
  });

  it('has every fault listed', () => {
    const { faults } = readCloudEvent({
      specversion: '0.3',
      id: '',
      source: 7,
      time: 'yesterday',
      datacontenttype: 'text/xml',
      data_base64: 'e30=',
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'specversion',
      'id',
      'source',
      'type',
      'time',
      'datacontenttype',
      'data_base64',
    ]);
  });

  it.each([[null], [7], ['text'], [[]], [undefined]])('is a JSON object and not %j', (body) => {
    expect(readCloudEvent(body).faults).toEqual([
      { path: '', message: 'must be a CloudEvent (a JSON object)' },
    ]);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/vnd.city+json',
    'Application/JSON',
  ])('may hold data of type %s', (datacontenttype) => {
    expect(readCloudEvent({ ...event, datacontenttype }).faults).toEqual([]);
  });

  it('has no id with control characters or beyond 500 characters', () => {
    expect(readCloudEvent({ ...event, id: 'a\u0000' }).faults).toHaveLength(1);
    expect(readCloudEvent({ ...event, id: 'a\nb', source: 'c\td' }).faults).toHaveLength(2);
    expect(readCloudEvent({ ...event, source: 'x'.repeat(501) }).faults).toHaveLength(1);
  });
});
