import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readCloudEvent } from './cloud-event.js';
import { fromHeaders } from './event-headers.js';

const headers = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': '/web', 'ce-type': 't' };
const readWith = (more: Readonly<Record<string, string>>) =>
  readCloudEvent(fromHeaders({ ...headers, ...more }, { a: 1 }));

/** As the binding says that a sender must write it. */
const encoded = (text: string): string =>
  [...text]
    .map((character) =>
      /[\x21-\x7e]/.test(character) && character !== '"' && character !== '%'
        ? character
        : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    )
    .join('');
/** As senders of older versions wrote it. */
const quoted = (text: string): string =>
  `"${encoded(text)
    .replaceAll('%20', ' ')
    .replace(/[\\]|%22/g, (one) => (one === '%22' ? '\\"' : '\\\\'))}"`;

describe('A binary CloudEvent', () => {
  it('has its attributes in headers', () => {
    const given = {
      ...headers,
      'ce-id': 'caf%C3%A9-1',
      'content-type': 'application/json',
      host: 'localhost',
    };
    expect(fromHeaders(given, { a: 1 })).toEqual({
      specversion: '1.0',
      id: 'café-1',
      source: '/web',
      type: 't',
      data: { a: 1 },
    });
  });

  it.each([
    ['a b', 'a%20b'],
    ['a b', '"a b"'],
    ['a b', '"a%20b"'],
    ['a b', '%61%20%62'],
    ['a%20b', 'a%2520b'],
    ['say "so"', '"say \\"so\\""'],
    ['a\\b', '"a\\\\b"'],
    ['ab', '"\\a\\b"'],
    ['a\\b', 'a\\b'],
    ['5" pipe', '5" pipe'],
    ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
    ['Euro € 😀', '"Euro %e2%82%ac %f0%9f%98%80"'],
    ['é', Buffer.from('é').toString('latin1')],
    ['100%', '100%'],
    ['100% x', '100%%20x'],
    ['%zz', '%zz'],
  ])('has the id %j under %j', (id, header) => {
    expect(readWith({ 'ce-id': header })).toEqual({ event: expect.objectContaining({ id }), faults: [] });
  });

  it.each(['id', 'source', 'type', 'subject', 'dataschema', 'comexampleextension'])(
    'is refused for what is no text in its %s',
    (name) => {
      const encodings = ['%C0%A0', '%E9', 'a%80', '%ED%A0%80', '%F5%80%80%80', '%E2%82', '\u00e9', '"%E9"'];
      for (const header of encodings)
        expect(readWith({ [`ce-${name}`]: header }).faults).toEqual([
          { path: name, message: 'must be percent-encoded UTF-8' },
        ]);
      for (const header of ['"', '"a', '"a"b', '"a\\"', '"a" "b"'])
        expect(readWith({ [`ce-${name}`]: header }).faults).toEqual([
          { path: name, message: 'must end where its quotes end' },
        ]);
    },
  );

  it.each(['specversion', 'time', 'datacontenttype'])(
    'is refused once for a %s that cannot be read',
    (name) => {
      expect(readWith({ [`ce-${name}`]: '%E9' }).faults).toEqual([expect.objectContaining({ path: name })]);
    },
  );

  it.each(['""', '%00', 'a%0Ab', '"a%0d"', '%EF%BF%BE', '%C2%85'])('has no id %j', (header) => {
    expect(readWith({ 'ce-id': header }).faults).toEqual([expect.objectContaining({ path: 'id' })]);
  });

  it('has its time quoted or encoded like the rest', () => {
    const time = '2026-11-22T10:00:00.000Z';
    for (const header of [time, `"${time}"`, time.replaceAll(':', '%3A')])
      expect(readWith({ 'ce-time': header }).event.time).toBe(time);
  });

  it('has its data in the body and nowhere else', () => {
    const { event, faults } = readWith({ 'ce-data': '1', 'ce-data_base64': 'e30=' });
    expect(event.data).toEqual({ a: 1 });
    expect(faults).toEqual([
      { path: 'ce-data', message: 'is no attribute: the body is the data' },
      { path: 'ce-data_base64', message: 'is no attribute: the body is the data' },
    ]);
  });

  it('has the same attributes as the structured one, however it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (id) => {
        const structured = readCloudEvent({
          specversion: '1.0',
          id,
          source: '/web',
          type: 't',
          data: { a: 1 },
        });
        expect(readWith({ 'ce-id': encoded(id) })).toEqual(structured);
        expect(readWith({ 'ce-id': quoted(id) })).toEqual(structured);
      }),
      { seed: 311, numRuns: 500 },
    );
  });
});
