import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseEvent, topics, type TopicName } from '@city311/contracts';
import { PoisonMessageError, type PublicEvent } from '@city311/kernel';

import { decodeMessage, encodeMessage, type IncomingMessage, type ParseMessage } from './binding.js';

const samples = join(import.meta.dirname, '../../../contracts/samples');
const read = (file: string): PublicEvent =>
  JSON.parse(readFileSync(join(samples, file), 'utf8')) as PublicEvent;
const byContracts: ParseMessage = (topic, message) => parseEvent(topic as TopicName, message);
const taken: ParseMessage = (_topic, message) => ({ ok: true, event: message as unknown as PublicEvent });
const topicOf = (stream: string): string =>
  Object.values(topics).find(({ category }) => stream.startsWith(`${category}-`))?.name ?? 'none';

/** What a broker makes of a message: bytes. */
const carried = (event: PublicEvent): IncomingMessage & { headers: Record<string, Buffer> } => {
  const { key, value, headers } = encodeMessage(event);
  return {
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  };
};

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const events: fc.Arbitrary<PublicEvent> = fc.record(
  {
    id: fc.uuid(),
    type: text,
    source: text,
    subject: text,
    time: text,
    stream: text,
    sequence: fc.nat(),
    recordedTime: text,
    actor: text,
    channel: fc.string({ unit: 'grapheme' }),
    jurisdiction: text,
    imported: fc.boolean(),
    correlationId: text,
    causationId: text,
    traceparent: text,
    data: fc.jsonValue({ noUnicodeString: false }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      ...([
        'id',
        'type',
        'source',
        'subject',
        'time',
        'stream',
        'sequence',
        'recordedTime',
        'actor',
      ] as const),
      ...(['jurisdiction', 'imported', 'correlationId', 'data'] as const),
    ],
  },
);

describe('The Kafka binding', () => {
  const routed = read('intake.CaseRouted.v1.json');
  const faultsOf = (message: IncomingMessage): string => {
    try {
      decodeMessage(topics.case.name, message, byContracts);
    } catch (error) {
      if (error instanceof PoisonMessageError) return error.message;
      throw error;
    }
    return 'nothing wrong';
  };

  it('gives every event back as it was', () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(decodeMessage('any', carried(event), taken)).toStrictEqual(event);
      }),
      { seed: 311 },
    );
  });

  it.each(readdirSync(samples).filter((file) => file.endsWith('.json')))('carries %s', (file) => {
    const event = read(file);
    expect(decodeMessage(topicOf(event.stream), carried(event), byContracts)).toEqual(event);
  });

  it('is binary mode: attributes in headers, data as the value, the case number as the key', () => {
    expect(encodeMessage(routed)).toEqual({
      key: '260000001236',
      value: JSON.stringify(routed.data),
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_dataschema: 'urn:city311:event:intake.CaseRouted.v1',
        ce_id: routed.id,
        ce_type: 'intake.CaseRouted.v1',
        ce_source: '/intake',
        ce_subject: '260000001236',
        ce_time: routed.time,
        ce_stream: routed.stream,
        ce_sequence: '1',
        ce_recordedtime: routed.recordedTime,
        ce_actor: 'policy:sample',
        ce_channel: 'Self Service',
        ce_jurisdiction: 'boston',
        ce_imported: 'false',
        ce_correlationid: routed.correlationId,
        ce_causationid: routed.causationId,
        ce_traceparent: routed.traceparent,
      },
    });
  });

  it('leaves behind what is no part of the envelope', () => {
    const stored = { ...routed, position: '17' };
    expect(encodeMessage(stored)).toEqual(encodeMessage(routed));
  });

  it('names every header that is missing, and nothing twice', () => {
    expect(faultsOf({ key: Buffer.from('1'), value: Buffer.from('{}') })).toBe(
      'a message of city311.intake.case.v1 is wrong: ' +
        [
          'specversion',
          'id',
          'type',
          'source',
          'subject',
          'time',
          'stream',
          'sequence',
          'recordedtime',
          'actor',
        ]
          .concat(['jurisdiction', 'imported', 'correlationid'])
          .map((name) => `ce_${name}: is missing`)
          .join('; '),
    );
  });

  it('names wrong headers and wrong data together', () => {
    const message = carried({ ...routed, data: { ...(routed.data as object), priority: 7, dueAt: 'soon' } });
    message.headers['ce_imported'] = Buffer.from('perhaps');
    message.headers['ce_sequence'] = Buffer.from('-1');
    const faults = faultsOf({ ...message, key: Buffer.from('another') });
    for (const path of ['key: is not the subject', 'imported:', 'sequence:', 'data.priority:', 'data.dueAt:'])
      expect(faults).toContain(path);
  });

  it('refuses a type that the topic does not know', () => {
    expect(faultsOf(carried({ ...routed, type: 'intake.CaseEaten.v1' }))).toContain(
      'type: intake.CaseEaten.v1 is no event of city311.intake.case.v1',
    );
  });

  it.each<readonly [string, Buffer | null, string]>([
    ['no value', null, 'value: is missing'],
    ['a value that is no JSON', Buffer.from('<xml/>'), 'value: is not JSON'],
    ['a value that is cut off', Buffer.from('{"caseNumber":"2600'), 'value: is not JSON'],
  ])('refuses %s', (_title, value, expected) => {
    expect(faultsOf({ ...carried(routed), value })).toBe(
      `a message of city311.intake.case.v1 is wrong: ${expected}`,
    );
  });

  it('refuses other content, another version and a header that is there twice', () => {
    const message = carried(routed);
    const faults = faultsOf({
      ...message,
      headers: {
        ...message.headers,
        ce_specversion: '0.3',
        'content-type': 'text/plain',
        ce_actor: [Buffer.from('a'), Buffer.from('b')],
      },
    });
    expect(faults).toBe(
      'a message of city311.intake.case.v1 is wrong: ce_specversion: is not 1.0; ' +
        'content-type: is not application/json; ce_actor: is given more than once',
    );
  });

  it('never crashes on bytes', () => {
    const bytes = fc.uint8Array().map((array) => Buffer.from(array));
    const names = fc.constantFrom(
      'ce_id',
      'ce_type',
      'ce_sequence',
      'ce_specversion',
      'ce_subject',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.option(bytes), fc.option(bytes), fc.dictionary(names, bytes), (key, value, headers) => {
        expect(() => decodeMessage(topics.case.name, { key, value, headers }, byContracts)).toThrow(
          PoisonMessageError,
        );
      }),
      { seed: 311 },
    );
  });
});
