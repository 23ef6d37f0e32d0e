import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ApiKeys } from '@city311/vault';

import {
  boston,
  bulkPickup,
  channel,
  openIntake,
  pothole,
  remove,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { Open311Controller } from './open311.controller.js';

const heat = 'Inspectional Services:Housing:Heat - Excessive  Insufficient';

class Reply {
  code = 200;
  contentType = '';
  status(code: number): this {
    this.code = code;
    return this;
  }
  type(contentType: string): this {
    this.contentType = contentType;
    return this;
  }
}

const keys: ApiKeys = {
  verify: (key) =>
    Promise.resolve(
      key === 'good' ? channel : key === 'crew' ? { name: 'crew', role: 'department:PWDx' } : null,
    ),
  create: () => Promise.reject(new Error('not asked for')),
  rotate: () => Promise.resolve(null),
  noteUses: () => Promise.resolve(),
  revoke: () => Promise.resolve(false),
  list: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

let folder: string;
let intake: OpenIntake;
let open311: Open311Controller;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
  open311 = new Open311Controller(intake.events, intake.lookup, keys, boston, intake.vault);
});

afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const post = async (form: object, format = 'json', headers: Readonly<Record<string, string>> = {}) => {
  const reply = new Reply();
  const body = await open311.submit(
    format,
    { api_key: 'good', address_string: '12 Bowdoin St', ...form },
    headers,
    {},
    reply,
  );
  return { ...reply, body };
};
const show = async (
  name: string,
  { jurisdiction, accept }: { jurisdiction?: string; accept?: string } = {},
) => {
  const reply = new Reply();
  const body = await open311.show(name, jurisdiction, accept, reply);
  return { ...reply, body };
};
const numberIn = (body: string): string =>
  (JSON.parse(body) as readonly { readonly service_request_id: string }[])[0]?.service_request_id ?? '';

describe('POST requests', () => {
  it('opens a case and says its number', async () => {
    const { code, body, contentType } = await post({
      service_code: 'REQPOTHL',
      address_string: '12 Bowdoin St',
    });
    expect(code).toBe(200);
    expect(contentType).toBe('application/json; charset=utf-8');
    expect(numberIn(body)).toMatch(/^26\d{10}$/);
  });

  it('is one case for one client_request_id', async () => {
    const form = { service_code: 'REQPOTHL', client_request_id: 'c-1' };
    expect((await post(form)).body).toBe((await post(form)).body);
    expect((await post({ ...form, description: 'Other' })).code).toBe(409);
  });

  it('is one case for one Idempotency-Key, as at the door for events', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const form = { service_code: 'REQPOTHL' };
    const number = numberIn((await post(form, 'json', headers)).body);
    expect(numberIn((await post(form, 'json', headers)).body)).toBe(number);
    expect((await post({ ...form, description: 'Other' }, 'json', headers)).code).toBe(409);
    expect(numberIn((await post(form)).body)).not.toBe(number);
    for (const key of ['', 'x'.repeat(256)])
      expect((await post(form, 'json', { 'idempotency-key': key })).code).toBe(400);
  });

  it('has an id of its own only where the client gave none: two are refused', async () => {
    const form = { service_code: 'REQPOTHL', client_request_id: ['c-1', 'c-2'] };
    const { code, body } = await post(form);
    expect([code, body]).toEqual([400, expect.stringContaining('client_request_id must be text')]);
  });

  it.each([undefined, '', ' ', 'boston.gov', 'Boston.gov', ' www.boston.gov ', ['boston.gov']])(
    'is of this city: %j',
    async (jurisdiction_id) => {
      expect((await post({ service_code: 'REQPOTHL', jurisdiction_id })).code).toBe(200);
    },
  );

  it.each(['cambridgema.gov', 'boston', ['boston.gov', 'cambridgema.gov'], 7, { a: 1 }])(
    'is not taken for another city: %j',
    async (jurisdiction_id) => {
      const { code, body } = await post({ service_code: 'REQPOTHL', jurisdiction_id });
      expect([code, JSON.parse(body)]).toEqual([
        404,
        [{ code: 404, description: 'jurisdiction_id is not known' }],
      ]);
    },
  );

  it('tells of a missing attribute in exactly the words of the standard', async () => {
    const { code, body } = await post({ service_code: heat });
    expect(code).toBe(400);
    expect(JSON.parse(body)).toEqual([{ code: 400, description: 'problem required' }]);
  });

  it('takes an attribute that nobody asked for', async () => {
    const form = { service_code: heat, 'attribute[problem]': 'no-heat', 'attribute[colour]': 'blue' };
    expect((await post(form)).code).toBe(200);
  });

  const many = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`p${at}`, `v${at}`]));
  it.each<[name: string, form: Readonly<Record<string, unknown>>, kept: readonly string[]]>([
    ['many', many, ['v0', 'p119: v119']],
    ['long names', { ['n'.repeat(300)]: 'x', [`attribute[${'m'.repeat(300)}]`]: 'y' }, ['nnn: x', 'mmm: y']],
    ['long texts', { 'attribute[note]': 'x'.repeat(9_000) }, ['x'.repeat(3_000)]],
    ['long texts in a list', { 'attribute[note][]': ['y'.repeat(900), 'z'] }, [`${'y'.repeat(900)}, z`]],
    ['characters that nothing carries', { note: 'a\u0000b\ufffec' }, ['a\ufffdb\ufffdc']],
  ])('keeps what nobody asked for, and it is no fault: %s', async (_name, form, kept) => {
    const { code, body } = await post({ service_code: 'REQPOTHL', ...form });
    expect([code, body]).toEqual([200, expect.any(String)]);
    const [opened] = await intake.stored(numberIn(body));
    const answers = opened?.type === 'CaseOpened' ? opened.data.answers : [];
    expect(answers.every((answer) => 'undeclared' in answer)).toBe(true);
    const texts = answers.flatMap((answer) => ('text' in answer ? answer.text.original : []));
    const words = (await intake.vault.reveal(texts)).join('\n');
    for (const one of kept) expect(words).toContain(one);
  });

  it('takes no more of it than can be kept', async () => {
    const { code } = await post({ service_code: 'REQPOTHL', note: 'x'.repeat(60_000) });
    expect(code).toBe(400);
  });

  it('keeps what nobody asked for, flagged and protected, its name too where that is no plain one', async () => {
    const number = numberIn(
      (
        await post({
          service_code: 'REQPOTHL',
          'attribute[colour]': 'blue 617-555-0142',
          'attribute[ring 617-555-0142]': 'x',
          deviceid: 'handset 7',
        })
      ).body,
    );
    const [opened] = await intake.stored(number);
    const data = opened?.type === 'CaseOpened' ? opened.data : null;
    const texts = data?.answers.flatMap((answer) => ('text' in answer ? answer.text.original : [])) ?? [];
    expect(data?.answers.map(({ code, ...answer }) => [code, 'undeclared' in answer])).toEqual([
      ['colour', true],
      ['undeclared-2', true],
      ['parameter.deviceid', true],
    ]);
    expect(await intake.vault.reveal(texts)).toEqual([
      'blue 617-555-0142',
      'ring 617-555-0142: x',
      'handset 7',
    ]);
    expect(JSON.stringify(await intake.published(number))).not.toMatch(/617-555|handset|blue|Ann"/);
  });

  it.each([
    [{ api_key: '' }, 403],
    [{ api_key: 'bad' }, 403],
    [{ api_key: 'crew' }, 403],
    [{}, 400],
    [{ service_code: 'none' }, 404],
    [{ service_code: 'REQPOTHL', lat: 'north', long: '-71' }, 400],
    [{ service_code: 'REQPOTHL', address_string: '' }, 400],
    [{ service_code: 'REQPOTHL', address_string: '', lat: ' ', address_id: '' }, 400],
    [{ service_code: 'none', address_string: '' }, 404],
  ])('refuses %j with %d', async (form, code) => {
    const answer = await post(form);
    expect(answer.code).toBe(code);
    expect((JSON.parse(answer.body) as unknown[])[0]).toMatchObject({ code });
  });

  it('takes a key in the form or in the header; two that differ are refused', async () => {
    const form = { service_code: 'REQPOTHL', address_string: '12 Bowdoin St' };
    const submit = async (api_key: string | undefined, header: string): Promise<number> => {
      const reply = new Reply();
      const given = { ...form, ...(api_key === undefined ? {} : { api_key }) };
      await open311.submit('json', given, { authorization: header }, {}, reply);
      return reply.code;
    };
    expect(await submit(undefined, 'Bearer good')).toBe(200);
    expect(await submit('good', 'Bearer good')).toBe(200);
    expect(await submit('good', 'Bearer crew')).toBe(400);
    expect(await submit('bad', 'Bearer good')).toBe(400);
  });

  it('answers in XML, errors as well', async () => {
    const said = await post({ service_code: heat, 'attribute[problem]': 'x' }, 'xml');
    expect(said.contentType).toBe('text/xml; charset=utf-8');
    expect(said.body).toContain('<errors><error><code>400</code>');
    expect((await post({ service_code: 'REQPOTHL' }, 'xml')).body).toContain('<service_requests><request>');
    expect((await post({ service_code: 'REQPOTHL' }, 'html')).code).toBe(404);
  });
});

describe('A place', () => {
  it('is needed, and its want is told with all the other faults', async () => {
    const { body } = await post({ service_code: heat, address_string: '' });
    expect(JSON.parse(body)).toEqual([
      { code: 400, description: 'problem required' },
      { code: 400, description: 'lat and long, address_string or address_id required' },
    ]);
  });

  it.each([{ lat: '0', long: '0' }, { address_id: '77' }, { address_string: 'N/A' }])(
    'is enough in any form: %j',
    async (place) => {
      expect((await post({ service_code: 'REQPOTHL', address_string: '', ...place })).code).toBe(200);
    },
  );
});

describe('GET requests by id', () => {
  it('shows what is public of a case', async () => {
    const form = {
      service_code: pothole,
      description: 'Hole, call 617-555-0100',
      lat: '42.31672',
      long: '-71.06589',
      email: 'ann@example.org',
    };
    const number = numberIn((await post(form)).body);
    const { code, body } = await show(`${number}.json`);
    expect(code).toBe(200);
    expect(JSON.parse(body)).toMatchObject([
      {
        service_request_id: number,
        status: 'open',
        service_code: pothole,
        description: 'Hole, call [phone]',
        lat: 42.31672,
        long: -71.06589,
      },
    ]);
    expect(body).not.toContain('ann@');
    expect((await show(`${number}.xml`)).body).toContain(
      `<service_request_id>${number}</service_request_id>`,
    );
  });

  it('answers in the format that the address ends in, else in the one asked for', async () => {
    const number = numberIn((await post({ service_code: 'REQPOTHL' })).body);
    const xml = { accept: 'text/xml' };
    for (const [name, asked, format] of [
      [number, {}, 'json'],
      [number, xml, 'xml'],
      [`${number}.json`, xml, 'json'],
      [`${number}.xml`, {}, 'xml'],
      ['none', xml, 'xml'],
      ['no\nne.xml', {}, 'xml'],
    ] as const)
      expect((await show(name, asked)).contentType).toContain(format);
  });

  it('knows no case of another city', async () => {
    const number = numberIn((await post({ service_code: 'REQPOTHL' })).body);
    expect((await show(number, { jurisdiction: 'cambridgema.gov' })).code).toBe(404);
    expect((await show(number, { jurisdiction: 'boston.gov' })).code).toBe(200);
  });

  it("names somebody's home by its block", async () => {
    const form = {
      service_code: bulkPickup,
      'attribute[items][]': 'mattress',
      address_string: '123 Adams St  Dorchester  MA  02122',
    };
    const { body } = await show(`${numberIn((await post(form)).body)}.json`);
    expect(body).toContain('100 block of Adams St');
    expect(body).not.toContain('123 Adams');
  });

  it('knows nothing of a case that is not public, or not there', async () => {
    const hidden = boston.services.find(
      ({ visibility, questions }) => visibility !== 'public' && questions.every(({ required }) => !required),
    );
    const number = numberIn((await post({ service_code: hidden?.code })).body);
    const [secret, none] = [await show(`${number}.json`), await show('260000009996.json')];
    expect(secret.code).toBe(404);
    expect(secret.body).toBe(none.body);
  });
});

describe('A text that an older program took', () => {
  it('breaks no answer', async () => {
    const { body } = await post({
      service_code: 'REQPOTHL',
      description: 'Hole',
      address_string: '12 Main St',
    });
    const number = numberIn(body);
    const told = 'a\ufffeb\uffff\u0001 <&> \u202egpj';
    intake.vault.reveal = (texts) => Promise.resolve(texts.map(() => told));
    const xml = (await show(`${number}.xml`)).body;
    expect(xml).toContain('<description>a\ufffdb\ufffd\ufffd &lt;&amp;&gt; gpj</description>');
    expect(JSON.parse((await show(`${number}.json`)).body)).toMatchObject([
      { description: 'a\ufffdb\ufffd\u0001 <&> gpj' },
    ]);
  });
});
