import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { ConfigError } from '@city311/platform';

import { readConfig, settings } from './config.js';

describe('the settings', () => {
  it('all have defaults that are safe on a laptop', () => {
    expect(readConfig({})).toEqual({
      TARGET: 'all',
      HOST: '127.0.0.1',
      PORT: 3110,
      DATA_DIR: '.data',
      CITY: 'boston',
      LOG_LEVEL: 'warn',
      BODY_LIMIT_BYTES: 2_097_152,
      MAIL_FROM: '311 <no-reply@localhost>',
      OTEL_TRACES_SAMPLER_ARG: 1,
    });
  });

  it('are refused with every fault at once', () => {
    const wrong = { TARGET: 'everything', PORT: '70000', SMTP_URL: 'mail.example.org', CITY: '../etc' };
    expect(() => readConfig(wrong)).toThrow(ConfigError);
    try {
      readConfig(wrong);
    } catch (error) {
      const names = (error as ConfigError).faults.map((fault) => fault.split(':')[0]);
      expect(names).toEqual(['TARGET', 'PORT', 'CITY', 'SMTP_URL']);
    }
  });

  it('are each documented in the README', () => {
    const readme = readFileSync('services/all/README.md', 'utf8');
    for (const name of Object.keys(settings)) expect(readme).toContain(`| \`${name}\``);
  });
});
