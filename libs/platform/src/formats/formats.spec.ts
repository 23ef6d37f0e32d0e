import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { forms } from '@city311/testing';

import { email } from './email.js';
import type { Format } from './format.js';
import { normalForm } from './format.js';
import { instant } from './instant.js';
import { instantOrDay, isLocalDay, localDay } from './local-day.js';
import { personName } from './person-name.js';
import { phone } from './phone.js';

const formats: readonly Format[] = [instant, localDay, instantOrDay, phone, email, personName];

describe('The table of forms', () => {
  it('has every format, and nothing else', () => {
    expect(Object.keys(forms).sort()).toEqual(formats.map(({ name }) => name).sort());
  });
});

describe.each(formats.map((format) => [format.name, format] as const))('The format %s', (name, format) => {
  const { taken = [], refused = [], shown = '' } = forms[name] ?? {};

  it.each(taken)('takes %j as %j', (given, normal) => {
    expect(format.read(given)).toEqual({ value: normal });
  });

  it.each(refused.map((given) => [given]))('refuses %j, and shows the right form', (given) => {
    expect(format.read(given)).toEqual({ fault: expect.stringContaining(shown) });
  });

  it('reads its normal form as itself, and never throws, whatever it is given', () => {
    const near = fc.oneof(
      fc.constantFrom(...taken.map(([given]) => given)),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.stringMatching(/^[-+0-9TZtz:., ()x@a]{0,30}$/),
      fc.anything(),
    );
    fc.assert(
      fc.property(near, (given) => {
        const value = normalForm(format, given);
        if (value !== null) expect(format.read(value)).toEqual({ value });
      }),
      { seed: 311, numRuns: 2_000 },
    );
  });
});

describe('Instants', () => {
  it('are the same however they are written, and compare as text', () => {
    const zone = fc.integer({ min: -12 * 60, max: 14 * 60 });
    const moment = fc.date({
      min: new Date('1900-01-02'),
      max: new Date('2199-12-30'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, zone, fc.constantFrom(':', ''), (date, minutes, colon) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const two = (value: number): string => String(value).padStart(2, '0');
        const size = Math.abs(minutes);
        const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`;
        expect(instant.read(`${local}${offset}`)).toEqual({ value: date.toISOString() });
      }),
      { seed: 311 },
    );
  });
});

describe('A day or an instant', () => {
  it('is told apart', () => {
    expect(isLocalDay('2026-11-21')).toBe(true);
    expect(isLocalDay('2026-11-21T15:15:00.000Z')).toBe(false);
  });
});
