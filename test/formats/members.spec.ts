import { describe, expect, it } from '@jest/globals';
import { IsISO8601 } from 'class-validator';

import {
  CleanText,
  email,
  faultsOf,
  Holds,
  IfGiven,
  instant,
  localDay,
  personName,
  phone,
} from '@city311/platform';
import { forms } from '@city311/testing';

import { loadShapes, looksFormed, membersOf, shapeFiles, strayShapeFiles } from './shapes.js';

const shapes = await loadShapes();
const members = [...shapes].flatMap(([shape, type]) =>
  membersOf(type).map((member) => ({ shape, type, ...member })),
);
const formed = members.flatMap(({ format, ...member }) => (format === null ? [] : [{ ...member, format }]));

describe('What comes from outside', () => {
  it('is declared in files that are found here', () => {
    expect(strayShapeFiles).toEqual([]);
    expect(shapeFiles.length).toBeGreaterThan(5);
    expect(new Set([...shapes.keys()].map((shape) => shape.split(' ')[0]))).toEqual(new Set(shapeFiles));
  });

  it('holds every format somewhere', () => {
    expect(new Set(formed.map(({ format }) => format.name))).toEqual(new Set(Object.keys(forms)));
  });

  it('has a format wherever its name says so', () => {
    const without = members.filter(({ name, format }) => format === null && looksFormed(name));
    expect(without.map(({ shape, name }) => `${shape}.${name}`)).toEqual([]);
  });

  it('has no second reader of what has a form', () => {
    const second =
      /^(?:is(?:Iso8601|DateString|Rfc3339|Date|Email|PhoneNumber|MobilePhone)|minDate|maxDate)$/i;
    const found = members.filter(({ rules }) => rules.some((rule) => second.test(rule)));
    expect(found.map(({ shape, name }) => `${shape}.${name}`)).toEqual([]);
  });
});

describe('The search for members without their format', () => {
  class Careless {
    constructor(
      readonly closedAt?: string,
      readonly workDate?: string,
      readonly mobile?: string,
      readonly text?: string,
    ) {}
  }
  for (const name of ['closedAt', 'mobile', 'text'])
    for (const rule of [IfGiven(), CleanText(100)]) rule(Careless.prototype, name);
  IsISO8601({ strict: true })(Careless.prototype, 'workDate');

  it('finds them by their names, whatever other rule they have', () => {
    const found = membersOf(Careless).filter(({ name, format }) => format === null && looksFormed(name));
    expect(found.map(({ name }) => name).sort()).toEqual(['closedAt', 'mobile', 'workDate']);
    expect(membersOf(Careless).find(({ name }) => name === 'workDate')?.rules).toEqual(['isIso8601']);
  });

  it.each([
    [instant, 'doneAt'],
    [localDay, 'from'],
    [phone, 'phoneNumber'],
    [email, 'replyTo_email'],
    [personName, 'fullName'],
  ])('knows what holds %j', (format, name) => {
    class Careful {
      constructor(readonly member?: string) {}
    }
    Holds(format)(Careful.prototype, name);
    expect(membersOf(Careful)).toEqual([{ name, format, rules: ['holds'] }]);
    expect(looksFormed(name)).toBe(true);
  });
});

describe.each(formed.map((member) => [`${member.shape}.${member.name}`, member] as const))(
  'The member %s',
  (_, { type, name, format, rules }) => {
    const { taken = [], refused = [], shown = '' } = forms[format.name] ?? {};
    const read = (given: unknown) => {
      const { value, faults } = faultsOf(type, { [name]: given });
      return {
        value: (value as Readonly<Record<string, unknown>>)[name],
        faults: faults.filter(({ path }) => path === name || path.startsWith(`${name}.`)),
      };
    };
    const mayBeNull = read(null).faults.length === 0;

    it('takes every form of what it holds, and has it in its normal form', () => {
      expect(taken.map(([given]) => read(given))).toEqual(
        taken.map(([, normal]) => ({ value: normal, faults: [] })),
      );
    });

    it('refuses every other form, shows the right one, and puts nothing in its place', () => {
      for (const given of refused) {
        if (given === null && mayBeNull) continue;
        const { faults } = read(given);
        expect({ given, told: faults.map(({ message }) => message).join() }).toEqual({
          given,
          told: expect.stringMatching(/must be well-formed Unicode|such as|as .* does/),
        });
        if (typeof given === 'string' && given.isWellFormed()) expect(faults[0]?.message).toContain(shown);
      }
    });

    it('is asked by nothing but its format', () => {
      expect(rules.filter((rule) => rule !== 'holds' && rule !== 'conditionalValidation')).toEqual([]);
    });
  },
);
