import { describe, expect, it } from '@jest/globals';

import { complaintsOf } from './complaints.js';
import type { RawAnswer, RawRequest } from './raw-request.js';

const sent: RawRequest = { method: 'POST', path: '/events', headers: {}, body: Buffer.from('{}') };
const refusal = { type: 'urn:x', title: 'no', status: 400, faults: [{ path: 'id', message: 'is missing' }] };
const answer = (body: unknown, more: Partial<RawAnswer> = {}): RawAnswer => ({
  status: 400,
  contentType: 'application/problem+json; charset=utf-8',
  text: JSON.stringify(body),
  ...more,
});

describe('Complaints about an answer', () => {
  it('are none about a refusal in good form, nor about success', () => {
    expect(complaintsOf(sent, answer(refusal))).toEqual([]);
    expect(complaintsOf(sent, answer({ id: '1' }, { status: 201, contentType: 'application/json' }))).toEqual(
      [],
    );
  });

  it('name a server error, a wrong type and a refusal without its reason', () => {
    expect(complaintsOf(sent, answer({}, { status: 500 }))).toContain('status 500');
    expect(complaintsOf(sent, answer(refusal, { contentType: 'text/html' }))).toHaveLength(1);
    expect(complaintsOf(sent, answer({ ...refusal, faults: [] }))).toEqual([
      'a 400 that does not say what is wrong',
    ]);
    expect(complaintsOf(sent, answer({ ...refusal, faults: ['x'] }))).toEqual([
      'faults without path and message',
    ]);
    expect(complaintsOf(sent, answer({ ...refusal, status: 409 }))).toEqual(['another status in the body']);
  });

  it.each(['at x (/a/b.js:12:3)', 'SQLITE_ERROR: near', 'SELECT * FROM', 'TypeError: x', '/work/x'])(
    'name what shows the inside: %s',
    (detail) => {
      expect(complaintsOf(sent, answer({ ...refusal, detail }))).toHaveLength(1);
    },
  );

  it('leave alone what the sender said and gets back', () => {
    const said = { ...sent, body: Buffer.from('{"id":"SELECT 1"}') };
    expect(complaintsOf(said, answer({ ...refusal, detail: 'SELECT 1' }))).toEqual([]);
  });

  it('know the form that Open311 has for errors', () => {
    const open311 = { ...sent, path: '/open311/v2/requests.json' };
    const errors = [{ code: 400, description: 'service_code required' }];
    expect(complaintsOf(open311, answer(errors, { contentType: 'application/json' }))).toEqual([]);
    expect(complaintsOf(open311, answer([{}], { contentType: 'application/json' }))).not.toEqual([]);
  });
});
