import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { manualClock } from '@city311/scheduling';
import type { ApiKey } from '@city311/vault';

import { boston, channel, importer, noon, operator, pothole } from '../intake.spec-support.js';
import { checkReport, receiptKeyOf } from './check-report.js';
import type { CloudEvent } from './cloud-event.js';

const clock = manualClock(noon);
const heat = 'Inspectional Services:Housing:Heat - Excessive  Insufficient';
const event = (data: unknown, more: Partial<CloudEvent> = {}): CloudEvent => ({
  id: 'a-1',
  source: '/web',
  type: 'city311.report.submitted.v1',
  data,
  ...more,
});
const check = (data: unknown, { key = channel, ...more }: Partial<CloudEvent> & { key?: ApiKey } = {}) =>
  checkReport(event(data, more), key, { city: boston, clock });
const report = (data: unknown, more: Partial<CloudEvent> & { key?: ApiKey } = {}) => {
  const checked = check(data, more);
  if (!('report' in checked)) throw new Error(JSON.stringify(checked.faults));
  return checked.report;
};
const faults = (data: unknown, more: Partial<CloudEvent> & { key?: ApiKey } = {}) => check(data, more).faults;
const imported = { departmentId: 'PWDx', queue: 'PWDx_Highway', dueAt: null, districts: { ward: 'Ward 3' } };

describe('A submitted report', () => {
  it('is taken with what it leaves out filled in', () => {
    expect(report({ serviceCode: pothole })).toMatchObject({
      serviceCode: pothole,
      language: 'en',
      channel: 'Self Service',
      adapter: 'web-portal',
      openedAt: noon,
      answers: [],
      media: [],
      externalReferences: [],
    });
  });

  it('may name its service by an alias', () => {
    expect(report({ serviceCode: 'REQPOTHL' }).serviceCode).toBe(pothole);
  });

  it('comes in by the channel that its key is named after, unless it says otherwise', () => {
    const key: ApiKey = { name: 'citizens-connect-app-2', role: 'channel' };
    expect(report({ serviceCode: pothole }, { key }).channel).toBe('Citizens Connect App');
    expect(report({ serviceCode: pothole, channel: 'Twitter' }, { key }).channel).toBe('Twitter');
  });

  it('has all its faults listed at once, of form, of the city, of time and of rights', () => {
    const told = faults(
      {
        serviceCode: 'no-such-thing',
        description: 7,
        channel: 'Pigeon',
        location: { latitude: 91 },
        visibility: 'staff',
        imported: { ...imported, dueAt: '2026-01-01', districts: { 'No Layer': 'x', ward: 5 } },
        surprise: true,
      },
      { time: '2020-01-01T00:00:00.000Z' },
    );
    expect(new Set(told.map(({ path }) => path))).toEqual(
      new Set([
        'data.surprise',
        'data.description',
        'data.location.latitude',
        'data.location.longitude',
        'time',
        'data.serviceCode',
        'data.channel',
        'data.imported.dueAt',
        'data.imported.districts.No Layer',
        'data.imported.districts.ward',
        'data.imported',
        'data.visibility',
      ]),
    );
  });

  it('is a JSON object', () => {
    expect(faults([])).toEqual([{ path: 'data', message: 'must be a JSON object' }]);
    expect(faults(undefined)).toEqual([{ path: 'data', message: 'must be a JSON object' }]);
  });
});

describe('The time of a report', () => {
  const data = { serviceCode: pothole };

  it('may lie back one day, further only for keys that import', () => {
    expect(report(data, { time: '2026-05-31T16:00:00.000Z' }).openedAt).toBe('2026-05-31T16:00:00.000Z');
    expect(faults(data, { time: '2026-05-31T15:59:59.000Z' })).toHaveLength(1);
    for (const key of [importer, operator])
      expect(report(data, { key, time: '2015-08-11T12:00:00.000Z' }).openedAt).toBe(
        '2015-08-11T12:00:00.000Z',
      );
  });

  it('may be ahead of our clock by five minutes, and is then now', () => {
    expect(report(data, { time: '2026-06-01T16:04:00.000Z' }).openedAt).toBe(noon);
    expect(faults(data, { key: importer, time: '2026-06-01T16:06:00.000Z' })).toEqual([
      { path: 'time', message: 'must not lie in the future' },
    ]);
  });

  it('is never before 1970', () => {
    expect(faults(data, { key: importer, time: '1969-12-31T23:59:59.000Z' })).toHaveLength(1);
  });
});

describe('The rights of a key', () => {
  it.each(['imported', 'visibility'])('do not reach to %s for a channel', (member) => {
    const data = { serviceCode: pothole, [member]: member === 'imported' ? imported : 'staff' };
    expect(faults(data).map(({ path }) => path)).toEqual([`data.${member}`]);
    for (const key of [importer, operator]) expect(faults(data, { key })).toEqual([]);
  });
});

describe('An imported due date', () => {
  it('is kept in UTC, or null where nothing was promised', () => {
    const data = { serviceCode: pothole, imported: { ...imported, dueAt: '2015-08-13T08:30:00-04:00' } };
    expect(report(data, { key: importer }).imported?.dueAt).toBe('2015-08-13T12:30:00.000Z');
    expect(report({ ...data, imported }, { key: importer }).imported?.dueAt).toBeNull();
  });

  it('is a fault where it is no instant, and not dropped in silence', () => {
    const data = { serviceCode: pothole, imported: { ...imported, dueAt: '2015-08-13' } };
    expect(faults(data, { key: importer })).toEqual([
      {
        path: 'data.imported.dueAt',
        message: expect.stringMatching(/^must be an instant with its zone, such as .*, or null$/),
      },
    ]);
  });
});

describe('The answers of a report', () => {
  const asked = (answers: readonly object[]) => faults({ serviceCode: heat, answers });

  it('are required where the catalogue says so', () => {
    expect(asked([])).toEqual([{ path: 'data.answers', message: 'problem required' }]);
    expect(asked([{ code: 'problem', value: '' }])).toEqual([
      { path: 'data.answers', message: 'problem required' },
    ]);
    expect(asked([{ code: 'problem', value: [] }])).toHaveLength(1);
    expect(asked([{ code: 'problem', value: 'no-heat' }])).toEqual([]);
  });

  it('are of the values on the list', () => {
    expect(asked([{ code: 'problem', value: 'aliens' }])).toEqual([
      { path: 'data.answers.0.value', message: expect.stringContaining('must be one of: no-heat') },
    ]);
    expect(asked([{ code: 'problem', value: ['no-heat', 'too-much-heat'] }])).toEqual([
      { path: 'data.answers.0.value', message: 'problem takes one value' },
    ]);
    const missed = 'Public Works Department:Sanitation:Missed Trash/Recycling/Yard Waste/Bulk Item';
    const value = ['trash', 'recycling'];
    expect(faults({ serviceCode: missed, answers: [{ code: 'missed', value }] })).toEqual([]);
    expect(
      faults({ serviceCode: missed, answers: [{ code: 'missed', value: ['trash', 'x'] }] }),
    ).toHaveLength(1);
  });

  it('are one for each question, and a list only where one may choose several', () => {
    const twice = (code: string, ...values: readonly string[]) => values.map((value) => ({ code, value }));
    expect(asked(twice('problem', 'no-heat', 'too-much-heat'))).toEqual([
      { path: 'data.answers.1.code', message: 'problem is there twice' },
    ]);
    const missed = 'Public Works Department:Sanitation:Missed Trash/Recycling/Yard Waste/Bulk Item';
    expect(faults({ serviceCode: missed, answers: twice('missed', 'trash', 'recycling') })).toEqual([]);
  });

  it('that nobody asked for are a fault, or kept and flagged where a door says so', () => {
    const answers = [
      { code: 'problem', value: 'no-heat' },
      { code: 'favourite-colour', value: 'blue' },
    ];
    expect(asked(answers)).toEqual([
      { path: 'data.answers.1.code', message: expect.stringContaining('which asks: problem') },
    ]);
    const how = { city: boston, clock, keepsUndeclared: true };
    expect(checkReport(event({ serviceCode: heat, answers }), channel, how)).toMatchObject({
      faults: [],
      report: { answers: [answers[0], { ...answers[1], undeclared: true }] },
    });
  });

  it('are taken as they are from an older system', () => {
    const answers = [{ code: 'problem', value: 'Heat - Other' }];
    expect(faults({ serviceCode: heat, answers, imported }, { key: importer })).toEqual([]);
    expect(faults({ serviceCode: heat, imported }, { key: importer })).toEqual([]);
  });
});

describe('The idempotency key', () => {
  const key = (caller: ApiKey, id: string, source = '/web', header?: string) =>
    receiptKeyOf(caller, event({}, { id, source }), header);

  it('is of the API key, source and id, each told apart', () => {
    const keys = [
      key(channel, 'a'),
      key(operator, 'a'),
      key(channel, 'b'),
      key(channel, 'a', '/app'),
      key(channel, 'weba', '/'),
      key(channel, 'a', '/web', 'header'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key(channel, 'a')).toBe(key(channel, 'a'));
  });

  it('is the header alone where there is one', () => {
    expect(key(channel, 'a', '/web', 'h')).toBe(key(channel, 'b', '/app', 'h'));
    expect(key(channel, 'a', '/web', 'h')).not.toBe(key(operator, 'a', '/web', 'h'));
  });
});

describe('The digest of a body', () => {
  const shuffled = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([name, member]) => [name, shuffled(member)]),
        )
      : value;

  it('does not depend on the order of members', () => {
    const member = fc.record(
      {
        description: fc.string({ unit: 'grapheme', maxLength: 50 }).filter((text) => !/\p{Cc}/u.test(text)),
        location: fc.record({ zip: fc.constantFrom('02124', '02101'), street: fc.constant('Main St') }),
        language: fc.constantFrom('en', 'es'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(member, (more) => {
        const data = { serviceCode: pothole, ...more };
        expect(report(shuffled(data)).digest).toBe(report(data).digest);
      }),
      { seed: 311, numRuns: 50 },
    );
  });

  it('changes with any content and with the time, but not with how the time is written', () => {
    const data = { serviceCode: pothole, description: 'a' };
    const { digest } = report(data, { time: noon });
    expect(report({ ...data, description: 'b' }, { time: noon }).digest).not.toBe(digest);
    expect(report(data, { time: '2026-06-01T15:59:00.000Z' }).digest).not.toBe(digest);
    expect(report(data).digest).not.toBe(digest);
  });

  it('is that of the body as it was sent, so that receipts from before texts were cleaned still fit', () => {
    const data = {
      serviceCode: pothole,
      title: 'Jose\u0301\u202e',
      description: 'One\r\ntwo\u00a0',
      location: { address: '12\u2009Main St' },
    };
    const taken = report(data, { time: noon });
    // Made by version 0.1.0.
    expect(taken.digest).toBe('sjBkNpntcqHtQO3rl4RRVdDmoMbqgldUu3RA8bIAI8A');
    expect(taken).toMatchObject({
      title: 'José',
      description: 'One\ntwo\u00a0',
      location: { address: '12 Main St' },
    });
  });
});

describe('A report as people write it', () => {
  const blanks = [
    '\u00a0',
    '\u2009',
    '\u202f',
    '\u3000',
    '\u200b',
    '\u2060',
    '\ufeff',
    '\u0085',
    '\u2028',
    '\r\n',
    '\v',
    '\u00ad',
  ];

  it.each(blanks)('is taken whatever stands around its words: %j', (blank) => {
    const around = (text: string): string => `${blank}${text}${blank}`;
    const taken = report({
      serviceCode: around('RODENTACT'),
      channel: around('Twitter'),
      title: around('Rats'),
      description: around('Rats'),
      location: { address: around('12 Main St'), zip: around('02116'), addressId: around('7') },
      contact: { email: around('ann@example.org'), firstName: around('Ann') },
      answers: [
        { code: around('kind'), value: around('live-rodent') },
        { code: 'where', value: [around('yard')] },
      ],
      media: [{ url: around('https://example.org/p.jpg') }],
    });
    expect(taken).toMatchObject({
      channel: 'Twitter',
      location: { zip: '02116', addressId: '7' },
      contact: { email: 'ann@example.org' },
      answers: [
        { code: 'kind', value: 'live-rodent' },
        { code: 'where', value: ['yard'] },
      ],
      media: [{ url: 'https://example.org/p.jpg' }],
    });
    expect(taken.location?.address?.trim()).toBe('12 Main St');
  });

  it.each(blanks)('has said nothing where it is of blanks alone: %j', (blank) => {
    const taken = report({
      serviceCode: 'RODENTACT',
      title: blank,
      description: blank.repeat(3),
      location: { address: blank },
      answers: [{ code: 'kind', value: blank }],
    });
    expect(taken).toMatchObject({ title: '', description: '', location: { address: '' }, answers: [] });
  });

  it('has 4,000 characters as people count them, and no more', () => {
    for (const one of ['a', '\r\n', 'é', 'e\u0301', '👩‍👩‍👧‍👦', '🇺🇸', '坑'])
      expect(
        report({ serviceCode: pothole, description: `a${one.repeat(3_999)}` }).description,
      ).toBeDefined();
    expect(faults({ serviceCode: pothole, description: 'a'.repeat(4_001) })).toEqual([
      { path: 'data.description', message: 'must have at most 4000 characters' },
    ]);
  });

  it('shows nothing in another order than it is read, addresses of photos among it', () => {
    const taken = report({
      serviceCode: pothole,
      description: 'see \u202egpj.exe\u2069',
      contact: { email: 'ann@example.org', firstName: '\u2067Ann' },
      media: [{ url: 'https://example.org/\u202egpj.exe\u200f' }],
    });
    expect(taken).toMatchObject({
      description: 'see gpj.exe',
      contact: { firstName: 'Ann' },
      media: [{ url: 'https://example.org/gpj.exe' }],
    });
  });
});
