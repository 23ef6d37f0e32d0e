import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { loadCity } from '@city311/city';
import { unguardedCell } from '@city311/contracts';

import { caseNumber, Story } from '../views/service-requests/case-stories.examples.js';
import {
  serviceRequestsProjection,
  type Revealed,
} from '../views/service-requests/service-requests.projection.js';
import type { ServiceRequestDoc } from '../views/service-requests/service-requests.view.js';
import { csvLine } from './csv.js';
import { asCsv, asJson, begun } from './export-rows.js';
import { legacyColumns, legacyRow, type LegacyRow } from './legacy-row.js';

const city = loadCity('boston');

const docOf = (story: Story, revealed: Revealed['revealed'] = {}): ServiceRequestDoc => {
  let doc: ServiceRequestDoc | null = null;
  for (const event of story.events) {
    const told = { ...event, revealed };
    doc = serviceRequestsProjection.apply(doc, told);
  }
  if (doc === null) throw new Error('no case');
  return doc;
};

const later = '2026-08-01T00:00:00.000Z';

describe('The row of a case', () => {
  const place = {
    precision: 'address',
    latitude: 42.3301,
    longitude: -71.0899,
    address: '12 Warren St  Roxbury  MA  02119',
    street: 'Warren St',
    zip: '02119',
    districts: {
      fire_district: '4',
      pwd_district: '10B',
      city_council_district: '7',
      police_district: 'B2',
      neighborhood: 'Roxbury',
      neighborhood_services_district: '13',
      ward: 'Ward 12',
      precinct: '1205',
    },
  } as const;
  const photo = { kind: 'external', url: 'https://example.org/before.jpg' } as const;
  const imported = {
    departmentId: 'PWDx',
    queue: 'PWDx_Street Light Outages',
    dueAt: '2026-07-03T16:00:00.000Z',
  };
  const told = new Story(caseNumber, true)
    .open({
      place,
      imported,
      media: [photo],
      externalReferences: [
        { system: 'maximo', id: '77' },
        { system: 'boston-311', id: '101001245404' },
      ],
    })
    .close(125, { stamp: '', media: [{ kind: 'external', url: 'https://example.org/after.jpg' }] });
  const texts = {
    title: { words: 'Lamp, dark', keyId: 'k' },
    text: { words: 'replaced "bulb"', keyId: 'k' },
  };

  it.each([
    ['260000900001', false, caseNumber],
    ['260000900001', true, '260000900001'],
    ['101001245404', false, '101001245404'],
  ])(
    'never shows what is written like the number of another case: %s, imported %s',
    (id, isImported, shown) => {
      const externalReferences = [{ system: 'boston-311', id }];
      const story = new Story(caseNumber, isImported).open({ place, externalReferences });
      expect(legacyRow(docOf(story), later, city).case_enquiry_id).toBe(shown);
    },
  );

  it('fills all 29 columns, times by the city’s own clock', () => {
    expect(legacyRow(docOf(told, texts), later, city)).toEqual({
      case_enquiry_id: '101001245404',
      open_dt: '2026-07-01 08:00:00',
      target_dt: '2026-07-03 12:00:00',
      closed_dt: '2026-07-01 10:05:00',
      ontime: 'ONTIME',
      case_status: 'Closed',
      closure_reason: 'Case Resolved replaced "bulb"',
      case_title: 'Lamp, dark',
      subject: 'Public Works Department',
      reason: 'Street Lights',
      type: 'Street Light Outages',
      queue: 'PWDx_Street Light Outages',
      department: 'PWDx',
      submittedphoto: 'https://example.org/before.jpg',
      closedphoto: 'https://example.org/after.jpg',
      location: '12 Warren St  Roxbury  MA  02119',
      fire_district: '4',
      pwd_district: '10B',
      city_council_district: '7',
      police_district: 'B2',
      neighborhood: 'Roxbury',
      neighborhood_services_district: '13',
      ward: 'Ward 12',
      precinct: '1205',
      location_street_name: 'Warren St',
      location_zipcode: '02119',
      latitude: '42.3301',
      longitude: '-71.0899',
      source: 'Self Service',
    });
  });

  it('has the columns in the order of the file', () => {
    expect(Object.keys(legacyRow(docOf(told), later, city))).toEqual([...legacyColumns]);
    expect(legacyColumns).toHaveLength(29);
  });

  it('carries the case’s own number where no older one is known', () => {
    expect(legacyRow(docOf(new Story().open()), later, city).case_enquiry_id).toBe(caseNumber);
  });

  it('leaves empty what nobody knows, and names the type where there is no title', () => {
    const row = legacyRow(docOf(new Story().open()), later, city);
    expect(row).toMatchObject({
      target_dt: '',
      closed_dt: '',
      closure_reason: '',
      case_title: 'Street Light Outages',
      department: '',
      location: '',
      latitude: '',
      ward: '',
    });
  });

  it('keeps an unknown service by its code', () => {
    const row = legacyRow(docOf(new Story().open({ serviceCode: 'gone:long:ago' })), later, city);
    expect(row).toMatchObject({ case_title: 'gone:long:ago', subject: '', reason: '', type: '' });
  });

  it('is overdue while open only once its due instant has passed', () => {
    const doc = docOf(new Story().open({ imported }));
    const at = (asOf: string): string => legacyRow(doc, asOf, city).ontime;
    expect(at('2026-07-03T16:00:00.000Z')).toBe('ONTIME');
    expect(at('2026-07-03T16:00:00.001Z')).toBe('OVERDUE');
    expect(legacyRow(docOf(new Story().open()), '2036-01-01T00:00:00.000Z', city).ontime).toBe('ONTIME');
  });

  it('keeps the result of its close whatever the time', () => {
    const late = docOf(new Story().open({ imported }).close(9_999, { onTime: false }));
    expect(legacyRow(late, '2026-07-02T00:00:00.000Z', city)).toMatchObject({
      ontime: 'ONTIME',
      case_status: 'Open',
      closed_dt: '',
    });
    expect(legacyRow(late, later, city)).toMatchObject({ ontime: 'OVERDUE', case_status: 'Closed' });
  });

  it('keeps the last closing’s words while it is open again', () => {
    const row = legacyRow(docOf(new Story().open().close(5).reopen(9)), later, city);
    expect(row).toMatchObject({
      case_status: 'Open',
      closed_dt: '',
      closure_reason: 'Case Closed Case Resolved',
    });
  });

  it('shows a withdrawn case as closed', () => {
    expect(legacyRow(docOf(new Story().open().withdraw(5)), later, city)).toMatchObject({
      case_status: 'Closed',
      closed_dt: '2026-07-01 08:05:00',
      closure_reason: 'Case Closed Case Withdrawn',
    });
  });
});

describe('A line of CSV', () => {
  it('quotes what holds a comma, a quote or a line break, and nothing else', () => {
    expect(csvLine(['plain', 'a,b', 'say "so"', 'two\nlines', 'cr\rlf', ' spaced ', ''])).toBe(
      'plain,"a,b","say ""so""","two\nlines","cr\rlf", spaced ,\r\n',
    );
  });

  it('has no text that a spreadsheet takes for a formula, while numbers are numbers', () => {
    expect(csvLine(['=1+1', '@SUM(A1)', '+1 617', "'=x", '\t=x', "'No parking'", -71.0745])).toBe(
      `'=1+1,'@SUM(A1),'+1 617,''=x,'\t=x,'No parking',-71.0745\r\n`,
    );
  });

  it('can be read whatever an older program took', () => {
    expect(csvLine(['a\ufffeb', '\u0000', '\u202egpj.exe'])).toBe('a\ufffdb,\ufffd,gpj.exe\r\n');
  });

  it('gives any texts back to a reader of RFC 4180', () => {
    const cells = fc.array(
      fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'é', '🚧', ';', '=', '-', "'") }),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(cells, cells, (one, other) => {
        const width = Math.min(one.length, other.length);
        const lines = [one.slice(0, width), other.slice(0, width)];
        const text = lines.map(csvLine).join('');
        const read: string[][] = parse(text, { recordDelimiter: '\r\n', skipEmptyLines: false });
        expect(read.map((line) => line.map(unguardedCell))).toEqual(lines);
      }),
      { seed: 311 },
    );
  });
});

describe('An export', () => {
  const row = legacyRow(docOf(new Story().open()), later, city);
  const chunks = async function* (...sizes: number[]): AsyncGenerator<readonly LegacyRow[]> {
    for (const size of sizes) yield Array.from({ length: size }, () => row);
  };
  const textOf = async (parts: AsyncIterable<string>): Promise<string> => {
    let text = '';
    for await (const part of parts) text += part;
    return text;
  };

  it('is a header alone, or an empty list, where nothing was found', async () => {
    expect(await textOf(asCsv(chunks()))).toBe(`${legacyColumns.join(',')}\r\n`);
    expect(JSON.parse(await textOf(asJson(chunks())))).toEqual([]);
  });

  it('is one line or object for each row, over all chunks', async () => {
    expect(parse(await textOf(asCsv(chunks(2, 3))), { columns: true })).toEqual(Array(5).fill(row));
    expect(JSON.parse(await textOf(asJson(chunks(2, 3))))).toEqual(Array(5).fill(row));
  });

  it('guards every column that holds text, its id among them, and keeps the place a number', async () => {
    const formulas = Object.fromEntries(legacyColumns.map((column) => [column, '=1+1'])) as LegacyRow;
    const live = { ...formulas, latitude: '42.3479', longitude: '-71.0745' };
    const rows = async function* (): AsyncGenerator<readonly LegacyRow[]> {
      yield await Promise.resolve([live]);
    };
    const guarded = Object.fromEntries(legacyColumns.map((column) => [column, "'=1+1"]));
    expect(parse(await textOf(asCsv(rows())), { columns: true })).toEqual([
      { ...guarded, latitude: '42.3479', longitude: '-71.0745' },
    ]);
    expect(JSON.parse(await textOf(asJson(rows())))).toEqual([live]);
  });

  it('that cannot begin says so before the first byte', async () => {
    const broken = async function* (): AsyncGenerator<string> {
      yield* [];
      throw new Error('being rebuilt');
    };
    await expect(begun(broken())).rejects.toThrow('being rebuilt');
  });

  it('lets go of its source when the reader leaves', async () => {
    let left = false;
    const source = async function* (): AsyncGenerator<number> {
      try {
        for (let n = 0; ; n += 1) yield n;
      } finally {
        left = true;
      }
    };
    for await (const n of await begun(source())) if (n === 3) break;
    expect(left).toBe(true);
  });
});
