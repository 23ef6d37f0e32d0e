import { describe, expect, it } from '@jest/globals';

import { readCloudEvent } from './cloud-event.js';

const event = { specversion: '1.0', id: 'a-1', source: '/web', type: 't', data: { a: 1 } };

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

  it.each([
    ['Time', '2026-11-22T10:00:00Z'],
    ['Data', {}],
    ['my_ext', 'x'],
    ['com-example', 'x'],
    ['', 'x'],
    ['é', 'x'],
    ['comexample', { a: 1 }],
    ['comexample', [1]],
  ])('has no member that is dropped in silence: %j', (name, value) => {
    expect(readCloudEvent({ ...event, [name]: value }).faults).toEqual([
      { path: name, message: expect.stringMatching(/./) },
    ]);
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
