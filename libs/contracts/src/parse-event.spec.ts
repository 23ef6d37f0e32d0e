import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { dataschemaOf, eventTypes, jsonSchemas, parseEvent } from './parse-event.js';
import type { TopicName } from './parse-event.js';
import { topics } from './topics.js';

const folder = join(import.meta.dirname, '../samples');
const sample = (type: string) =>
  JSON.parse(readFileSync(join(folder, `${type}.json`), 'utf8')) as Readonly<Record<string, unknown>>;
const members = (value: unknown) => value as Readonly<Record<string, unknown>>;
const allTopics: readonly TopicName[] = Object.values(topics).map(({ name }) => name);

describe('the samples', () => {
  it('show each event type, and no other', () => {
    const shown = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect(shown.sort()).toEqual(allTopics.flatMap(eventTypes).sort());
  });

  it.each(allTopics.flatMap((topic) => eventTypes(topic).map((type) => [topic, type] as const)))(
    '%s takes its sample of %s and keeps every member of it',
    (topic, type) => {
      expect(parseEvent(topic, JSON.stringify(sample(type)))).toEqual({ ok: true, event: sample(type) });
    },
  );
});

describe('parseEvent', () => {
  const closed = 'intake.CaseClosed.v1';

  it('lists every fault of envelope and data together', () => {
    const bad = { ...sample(closed), time: 'yesterday', sequence: -1, data: { caseNumber: '12', media: {} } };
    const parsed = parseEvent(topics.case.name, bad);
    const paths = parsed.ok ? [] : parsed.faults.map(({ path }) => path);
    expect(paths.sort()).toEqual([
      'data.caseNumber',
      'data.closedAt',
      'data.media',
      'data.onTime',
      'data.outcome',
      'data.outcomeLabel',
      'sequence',
      'time',
    ]);
  });

  it('refuses a type of another topic, and one that looks like a member of every object', () => {
    for (const type of ['routing.RouteDecided.v1', 'constructor']) {
      const parsed = parseEvent(topics.case.name, { ...sample(closed), type });
      expect(parsed.ok ? [] : parsed.faults.map(({ path }) => path)).toContain('type');
    }
  });

  it('refuses what is not a JSON object', () => {
    for (const json of ['{', '[]', 'null', 7, undefined]) {
      expect(parseEvent(topics.case.name, json)).toEqual({
        ok: false,
        faults: [{ path: '', message: 'not a JSON object' }],
      });
    }
  });

  it('refuses an event whose subject is another case', () => {
    const parsed = parseEvent(topics.case.name, { ...sample(closed), subject: '260000000000' });
    expect(parsed).toEqual({
      ok: false,
      faults: [{ path: 'subject', message: 'is not the case number in the data' }],
    });
  });

  it('leaves out members that it does not know', () => {
    const parsed = parseEvent(topics.case.name, { ...sample(closed), newerMember: 1 });
    expect(parsed).toEqual({ ok: true, event: sample(closed) });
  });

  it('brings an old version up, step by step', () => {
    const { data, ...around } = sample(closed);
    const { onTime, ...withoutResult } = members(data);
    const table = {
      'intake.CaseFinished.v0': { to: 'intake.CaseFinished.v1', up: (old: unknown) => old },
      'intake.CaseFinished.v1': { to: closed, up: (old: unknown) => ({ ...members(old), onTime }) },
    };
    const old = { ...around, type: 'intake.CaseFinished.v0', data: withoutResult };
    expect(parseEvent(topics.case.name, old, table)).toEqual({ ok: true, event: sample(closed) });
  });

  it('names an old version that its upcaster cannot read', () => {
    const up = (): never => {
      throw new TypeError('no place');
    };
    const table = { 'intake.CaseClosed.v0': { to: closed, up } };
    const parsed = parseEvent(topics.case.name, { ...sample(closed), type: 'intake.CaseClosed.v0' }, table);
    expect(parsed).toEqual({ ok: false, faults: [{ path: 'data', message: 'cannot be upcast: no place' }] });
  });
});

describe('jsonSchemas', () => {
  it('names each schema as the events do', () => {
    expect(jsonSchemas(topics.case.name)).toMatchObject({
      'intake.CaseLinked.v1': {
        $id: dataschemaOf('intake.CaseLinked.v1'),
        type: 'object',
        properties: { parent: { type: 'string', pattern: '^[0-9]{12}$' } },
      },
    });
  });
});
