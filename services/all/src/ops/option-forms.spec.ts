import { describe, expect, it } from '@jest/globals';

import { forms } from '@city311/testing';

import { readArguments, UsageError, type OpsCommand } from './command.js';
import { commands } from './run.js';

const asking = (option: string): OpsCommand => ({
  name: 'try',
  says: 'Tries an option.',
  texts: { [option]: 'TEXT' },
  run: () => Promise.resolve(0),
});

/** Names of options that say what form their value has; `--name` is the name of a key. */
const looksFormed = /phone|mail|^at$|date|day|time|since|until|^from$|^to$/i;

describe.each(['email', 'phone'])('An option --%s', (option) => {
  const { taken = [], refused = [], shown = '' } = forms[option] ?? {};

  it('is read as at every door', () => {
    for (const [given, normal] of taken)
      expect(readArguments(asking(option), [`--${option}`, given]).texts[option]).toBe(normal);
  });

  it('shows the right form where it is not understood', () => {
    for (const given of refused)
      if (typeof given === 'string' && given !== '')
        expect(() => readArguments(asking(option), [`--${option}=${given}`])).toThrow(
          expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(shown) }),
        );
  });
});

describe('The options of all commands', () => {
  it('have a form wherever their names say so', () => {
    const loose = commands.flatMap((command) =>
      Object.keys(command.texts ?? {})
        .filter((option) => looksFormed.test(option))
        .filter((option) => {
          try {
            readArguments(asking(option), [`--${option}`, 'not understood']);
            return true;
          } catch (error) {
            if (error instanceof UsageError) return false;
            throw error;
          }
        })
        .map((option) => `${command.name} --${option}`),
    );
    expect(loose).toEqual([]);
  });
});
