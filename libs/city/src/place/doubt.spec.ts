import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { loadCity } from '../load-city.js';
import type { GivenPlace } from './locate.js';

const boston = loadCity('boston');
const address = '700 Boylston St';
const backBay = { latitude: 42.3479, longitude: -71.0745 };
const cambridge = { latitude: 42.3736, longitude: -71.1097 };

const readable = [
  '02116',
  '2116',
  ' 02116 ',
  '02116-1234',
  '02116 1234',
  '021161234',
  'MA 02116',
  'MA 02116-1234',
  'Boston, MA 02116-1234',
  '2116-1234',
  '０２１１６',
];
const unreadable = [
  'N/A',
  'n/a',
  '-',
  '0',
  '00000',
  '99999',
  '1',
  '211',
  'O2116',
  'unknown',
  'Boston',
  'MA',
  '?',
  '02116x',
];
const ofOthers = ['02139', '03060', '10001', '90210', '2139', '3060'];

describe('A ZIP code', () => {
  it.each(readable)('is read as it is written: %j', (zip) => {
    expect(boston.zipOf(zip)).toBe('02116');
    expect(boston.locate({ address, zip }).districts['neighborhood']).toBe('Back Bay');
  });

  it.each(unreadable)('that cannot be read says nothing: %j', (zip) => {
    expect(boston.zipOf(zip)).toBeNull();
    const located = boston.locate({ address, zip });
    expect(located).toMatchObject({
      precision: 'address',
      outsideCity: false,
      districts: { neighborhood: 'Back Bay' },
    });
    expect(located.explanation.join(' ')).toContain('left aside');
    expect(boston.publicPlace({ address, zip }).zip).toBeUndefined();
  });

  it.each(ofOthers)('of somewhere else sends a known address to a person, never away: %j', (zip) => {
    const located = boston.locate({ address, zip });
    expect(located.outsideCity).toBe(false);
    expect(located.explanation).not.toEqual([]);
  });

  it('of another part of the city does too, but not one whose border is near', () => {
    expect(boston.locate({ address, zip: '02124' })).toMatchObject({
      precision: 'unknown',
      outsideCity: false,
    });
    expect(boston.locate({ address, zip: '02199' }).precision).toBe('address');
  });

  it('says nothing against a known address, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (zip) => {
        expect(boston.locate({ address, zip }).outsideCity).toBe(false);
        expect(boston.zipOf(zip) ?? '00000').toMatch(/^\d{5}$/);
      }),
      { seed: 311, numRuns: 300 },
    );
  });
});

describe('Parts of a place that contradict each other', () => {
  it.each<[why: string, given: GivenPlace]>([
    ["a known address and a neighbor's name", { address: '700 Boylston St, Cambridge' }],
    [
      "a known address and a neighbor's name without a comma",
      { address: '700 boylston street cambridge ma' },
    ],
    ["the city's ZIP code and a neighbor's name", { address: '700 Boylston St, Cambridge, MA 02116' }],
    ["the city's name and a neighbor's ZIP code", { address: '12 Nosuch St, Boston, MA 02139' }],
    ["a neighborhood and a neighbor's ZIP code", { address: '12 Nosuch St, Dorchester', zip: '02139' }],
    ['a known address and another state', { address: '700 Boylston St, Nashua, NH' }],
    ['two neighborhoods far apart', { address: '700 Boylston St, Hyde Park' }],
    ['a point and an address far apart', { latitude: 42.2553, longitude: -71.1242, address }],
    ['a point outside and an address inside', { ...cambridge, address }],
    ['a point outside and a ZIP code inside', { ...cambridge, zip: '02116' }],
    ["a point inside and a neighbor's ZIP code", { ...backBay, zip: '02139' }],
    [
      "a point inside and a neighbor's address",
      { ...backBay, address: '795 Massachusetts Ave, Cambridge, MA 02139' },
    ],
  ])('are for a person, with the reason: %s', (_why, given) => {
    const located = boston.locate(given);
    expect([located.outsideCity, located.districts]).toEqual([false, {}]);
    expect(located.explanation.join(' ')).toMatch(/\w{3}/);
    expect(located.explanation.join(' ')).not.toMatch(/\b(700|12|795) /);
  });

  it.each<[why: string, given: GivenPlace]>([
    ['two parts that agree', { address: '795 Massachusetts Ave, Cambridge, MA 02139' }],
    ['a neighbor that is named, and a street that we do not have', { address: '12 Nosuch St, Brookline' }],
    ["a neighbor's ZIP code, and a street that we do not have", { address: '12 Nosuch St', zip: '02446' }],
    ['another state and its ZIP code', { address: '1 Nosuch St, Nashua, NH 03060' }],
    ['a point', cambridge],
    ['a point, and a ZIP code that cannot be read', { ...cambridge, zip: 'N/A' }],
    [
      'a point, and an address that agrees',
      { ...cambridge, address: '795 Massachusetts Ave, Cambridge, MA 02139' },
    ],
  ])('that are understood to be outside are: %s', (_why, given) => {
    expect(boston.locate(given).outsideCity).toBe(true);
  });
});

describe('What is not understood', () => {
  it.each<GivenPlace>([
    { address: 'N/A' },
    { address: 'unknown', zip: 'N/A' },
    { address: '12 Nosuch St', zip: '03060' },
    { zip: '02139' },
    { latitude: 0, longitude: 0 },
    { latitude: 40.7, longitude: -74 },
    { latitude: 42.3479, longitude: 71.0745 },
    { latitude: 0, longitude: 0, address: '?' },
  ])('is for a person, never outside: %j', (given) => {
    expect(boston.locate(given)).toMatchObject({ precision: 'unknown', outsideCity: false });
  });

  it('leaves the rest its say', () => {
    for (const given of [
      { address: 'N/A', street: '700 Boylston St' },
      { latitude: 0, longitude: 0, address },
      { latitude: 42.3479, longitude: 71.0745, address },
      { ...backBay, address: 'N/A', zip: 'N/A' },
    ])
      expect(boston.locate(given).districts['neighborhood']).toBe('Back Bay');
  });
});
