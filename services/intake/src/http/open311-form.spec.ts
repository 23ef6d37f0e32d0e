import { describe, expect, it } from '@jest/globals';

import { problem } from '@city311/platform';

import { errorsOf, parameter, toReport } from './open311-form.js';

describe('A GeoReport form', () => {
  it('says what a report says', () => {
    expect(
      toReport({
        api_key: 'k',
        service_code: 'REQPOTHL',
        lat: '42.31',
        long: '-71.07',
        address_string: '12 Main St',
        email: 'ann@example.org',
        first_name: 'Ann',
        description: 'A hole',
        media_url: 'https://example.org/p.jpg',
        'attribute[surface]': 'crosswalk',
        'attribute[items][]': ['sofa-or-chair', 'mattress'],
        'attribute[one][]': 'sofa-or-chair',
      }),
    ).toEqual({
      serviceCode: 'REQPOTHL',
      description: 'A hole',
      location: { latitude: 42.31, longitude: -71.07, address: '12 Main St' },
      contact: { email: 'ann@example.org', firstName: 'Ann', consent: true },
      answers: [
        { code: 'surface', value: 'crosswalk' },
        { code: 'items', value: ['sofa-or-chair', 'mattress'] },
        { code: 'one', value: ['sofa-or-chair'] },
      ],
      media: [{ url: 'https://example.org/p.jpg' }],
    });
  });

  it('means nothing by an empty parameter', () => {
    expect(
      toReport({ service_code: 'X', lat: '', long: ' ', email: '', description: '', 'attribute[a]': '' }),
    ).toEqual({ serviceCode: 'X', location: {}, answers: [] });
    expect(parameter({ api_key: '' }, 'api_key')).toBeUndefined();
    expect(parameter({ client_request_id: ' \u00a0\u200b' }, 'client_request_id')).toBeUndefined();
  });

  it('may come as JSON with numbers', () => {
    expect(toReport({ service_code: 'X', lat: 42.31, long: -71.07 })).toMatchObject({
      location: { latitude: 42.31, longitude: -71.07 },
    });
  });

  it('has its numbers read whatever blanks stand around them', () => {
    expect(toReport({ lat: '\u00a042.31\u2009', long: '\u200b-71.07\r\n' })).toMatchObject({
      location: { latitude: 42.31, longitude: -71.07 },
    });
  });
});

describe('Answers', () => {
  const both = [{ code: 'items', value: ['mattress', 'sofa-or-chair'] }];

  it.each<Readonly<Record<string, unknown>>>([
    { 'attribute[items]': ['mattress', 'sofa-or-chair'] },
    { 'attribute[items][]': ['mattress', 'sofa-or-chair'] },
    { 'attribute[items][0]': 'mattress', 'attribute[items][1]': 'sofa-or-chair' },
    { 'attribute[items]': 'mattress', 'attribute[items][]': 'sofa-or-chair' },
    { 'attribute.items': ['mattress', 'sofa-or-chair'] },
    { attribute: { items: ['mattress', 'sofa-or-chair'] } },
    { attribute: [{ code: 'items', value: ['mattress', 'sofa-or-chair'] }] },
    { attribute: [{ key: 'items', value: 'mattress' }, { items: 'sofa-or-chair' }] },
    { attribute: { items: { 0: 'mattress', 7: 'sofa-or-chair' } } },
    { 'attribute.items.0': 'mattress', 'attribute.items.1': 'sofa-or-chair' },
    { 'attribute[ items ][4]': 'mattress', 'attribute[items][9]': 'sofa-or-chair' },
    { 'attribute[0][code]': 'items', 'attribute[0][value]': ['mattress', 'sofa-or-chair'] },
    {
      'attribute[0][key]': 'items',
      'attribute[0][value][0]': 'sofa-or-chair',
      'attribute[items]': 'mattress',
    },
    { 'attribute[][code]': ['items', 'items'], 'attribute[][value]': ['mattress', 'sofa-or-chair'] },
  ])('are the same however they are written: %j', (form) => {
    expect(toReport(form)).toMatchObject({ answers: both });
  });

  it.each<Readonly<Record<string, unknown>>>([
    { 'attribute[depth]': '7' },
    { 'attribute.depth': '7' },
    { attribute: { depth: 7 } },
    { attribute: [{ code: 'depth', value: 7 }] },
    { 'attribute[3][code]': 'depth', 'attribute[3][value]': '7' },
    { 'attribute[][code]': 'depth', 'attribute[][value]': '7' },
  ])('may be one: %j', (form) => {
    expect(toReport(form)).toMatchObject({ answers: [{ code: 'depth', value: '7' }] });
  });

  it('hold every parameter that the door does not know', () => {
    const form = { deviceid: 'd-1', extra: { a: [1] }, attribute: 'x', size: 'big', empty: '', api_key: 'k' };
    expect(toReport(form)).toMatchObject({
      answers: [
        { code: 'parameter.deviceid', value: 'd-1' },
        { code: 'parameter.extra', value: '{"a":[1]}' },
        { code: 'attribute', value: 'x' },
        { code: 'parameter.size', value: 'big' },
      ],
    });
  });
});

describe('Nothing that is sent', () => {
  it.each<readonly [Readonly<Record<string, unknown>>, object]>([
    [{ 'attribute[items][a]': 'x' }, { code: 'parameter.attribute[items][a]', value: 'x' }],
    [{ 'attribute[items': 'x' }, { code: 'parameter.attribute[items', value: 'x' }],
    [{ 'attributes[items]': 'x' }, { code: 'parameter.attributes[items]', value: 'x' }],
    [{ 'attribute[0][value]': 'x' }, { code: 'attribute', value: 'x' }],
    [
      { 'attribute[][code]': ['a', 'b'], 'attribute[][value]': 'x' },
      { code: 'a, b', value: 'x' },
    ],
    [{ attribute: { size: { a: 1 } } }, { code: 'size', value: '{"a":1}' }],
  ])('is dropped, written as it may be: %j', (form, answer) => {
    expect(toReport(form)).toMatchObject({ answers: [answer] });
  });

  it('is dropped: a name alone, each of several photos', () => {
    expect(toReport({ first_name: 'Ann' })).toMatchObject({ contact: { firstName: 'Ann' } });
    expect(toReport({ media_url: ['https://a.example/1', 'https://a.example/2'] })).toMatchObject({
      media: [{ url: 'https://a.example/1' }, { url: 'https://a.example/2' }],
    });
  });

  it('is chosen from what is there twice', () => {
    expect(toReport({ description: ['one', 'two'], lat: ['42.1', '42.2'] })).toMatchObject({
      description: ['one', 'two'],
      location: { latitude: Number.NaN },
    });
  });
});

describe('The errors of a GeoReport answer', () => {
  const told = (
    faults: readonly { path: string; message: string }[],
    serviceCode: string | undefined = 'X',
  ) => errorsOf(problem(400, 'invalid', 'The event has faults', { faults }).problem, serviceCode);

  it('say of a missing attribute that it is required, in the standard words', () => {
    expect(told([{ path: 'data.answers', message: 'problem required' }])).toEqual([
      { code: 400, description: 'problem required' },
    ]);
  });

  it('tell a service that is not known from one that is not given', () => {
    const faults = [{ path: 'data.serviceCode', message: 'is no service of this city' }];
    expect(told(faults)).toEqual([{ code: 404, description: 'service_code is not known' }]);
    expect(errorsOf(problem(400, 'invalid', '', { faults }).problem, undefined)).toEqual([
      { code: 400, description: 'service_code required' },
    ]);
  });

  it('name each fault by its parameter', () => {
    expect(
      told([
        { path: 'data.location.latitude', message: 'must be a number' },
        { path: 'data.contact.email', message: 'must be an email' },
        { path: 'data.description', message: 'must be text' },
      ]),
    ).toEqual([
      { code: 400, description: 'lat must be a number' },
      { code: 400, description: 'email must be an email' },
      { code: 400, description: 'description must be text' },
    ]);
  });

  it('give status and title where there are no faults to list', () => {
    expect(errorsOf(problem(409, 'different-body', 'Sent before').problem, 'X')).toEqual([
      { code: 409, description: 'Sent before' },
    ]);
  });
});
