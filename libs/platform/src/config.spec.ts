import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { ConfigError, parseConfig } from './config.js';

const shape = {
  PORT: z.coerce.number().int().min(1).max(65_535).default(3110),
  DATA_DIR: z.string().min(1),
  SMTP_URL: z.url().optional(),
};

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    parseConfig(shape, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

describe('Settings', () => {
  it('are taken from the environment, typed, and nothing else of it', () => {
    expect(parseConfig(shape, { PORT: '80', DATA_DIR: 'd', HOME: '/home' })).toEqual({
      PORT: 80,
      DATA_DIR: 'd',
    });
  });

  it('count as absent where they are empty', () => {
    expect(parseConfig(shape, { PORT: '', DATA_DIR: 'd', SMTP_URL: '' })).toEqual({
      PORT: 3110,
      DATA_DIR: 'd',
    });
    expect(faultsOf({ DATA_DIR: '' })).toHaveLength(1);
  });

  it('are told all their faults at once, each by its name', () => {
    const faults = faultsOf({ PORT: 'eighty', SMTP_URL: 'nowhere' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'DATA_DIR', 'SMTP_URL']);
  });

  it('are told in one message for whoever starts the process', () => {
    expect(() => parseConfig(shape, {})).toThrow(/^settings are wrong:\n {2}DATA_DIR: /);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseConfig(shape, { DATA_DIR: 'd' }))).toBe(true);
  });
});
