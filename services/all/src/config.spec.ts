import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { ConfigError } from '@city311/platform';

import { usualManagementPort } from './http/management.js';
import { usualLimits } from './strangers/rate-limits.js';
import { demandsTls, readConfig, settings } from './config.js';

describe('the settings', () => {
  it('all have defaults that are safe on a laptop', () => {
    expect(readConfig({})).toEqual({
      TARGET: 'all',
      HOST: '127.0.0.1',
      PORT: 3110,
      MANAGEMENT_HOST: '127.0.0.1',
      TRUSTED_PROXIES: [],
      RATE_LIMITS: usualLimits,
      ALLOW_CLEARTEXT: false,
      FIRST_KEY: 'print',
      DATA_DIR: '.data',
      CITY: 'boston',
      LOG_LEVEL: 'warn',
      BODY_LIMIT_BYTES: 2_097_152,
      REQUEST_TIMEOUT_MS: 30_000,
      KEEP_ALIVE_TIMEOUT_MS: 72_000,
      DRAIN_MS: 0,
      MAILS_PER_DAY: 50,
      MAIL_FROM: '311 <no-reply@localhost>',
      KAFKA_PARTITIONS: 12,
      KAFKA_REPLICATION: 1,
      KAFKA_LINGER_MS: 40,
      KAFKA_TLS: false,
      OTEL_TRACES_SAMPLER_ARG: 1,
    });
  });

  const faultsOf = (env: Readonly<Record<string, string>>): readonly string[] => {
    try {
      readConfig(env);
      return [];
    } catch (error) {
      return (error as ConfigError).faults.map((fault) => fault.split(':')[0] ?? '');
    }
  };
  const masterKey = Buffer.alloc(32).toString('base64');

  it('name an engine each', () => {
    const cluster = {
      EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false',
      KAFKA_BROKERS: 'one:9092,two:9092',
      MONGODB_URL: 'mongodb://127.0.0.1:27017/city311',
      MASTER_KEY: masterKey,
    };
    expect(readConfig(cluster)).toMatchObject({ KAFKA_BROKERS: ['one:9092', 'two:9092'] });
  });

  it.each([
    [{ EVENTSTORE_URL: 'http://127.0.0.1:2113' }, ['EVENTSTORE_URL']],
    [{ KAFKA_BROKERS: 'kafka' }, ['KAFKA_BROKERS']],
    [{ MONGODB_URL: 'mongodb://127.0.0.1/city311' }, ['MASTER_KEY']],
    [{ MASTER_KEY: masterKey }, ['MASTER_KEY']],
    [{ KAFKA_SASL_USERNAME: 'city' }, ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD']],
    [{ KAFKA_BROKERS: 'one:9092', KAFKA_TLS_CERT_FILE: 'a.pem' }, ['KAFKA_TLS_CERT_FILE']],
    [{ PORT: 'x', KAFKA_TLS: 'true' }, ['PORT', 'KAFKA_TLS']],
    [{ SMTP_REQUIRE_TLS: 'false' }, ['SMTP_REQUIRE_TLS']],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, ['TRUSTED_PROXIES']],
    [{ TRUSTED_PROXIES: '10.0.0.1, gateway' }, ['TRUSTED_PROXIES']],
    [{ RATE_LIMITS: 'address=0' }, ['RATE_LIMITS']],
    [{ RATE_LIMITS: 'everybody=5' }, ['RATE_LIMITS']],
  ])('are refused where they do not go together: %j', (env, names) => {
    expect(faultsOf(env)).toEqual(names);
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.7',
    '311.example.gov',
    '127.0.0.1.example',
    '127.evil',
    '2001:db8::1',
  ])('do not listen on %s, which others reach, unless cleartext is asked for', (HOST) => {
    expect(faultsOf({ HOST })).toEqual(['HOST']);
    expect(faultsOf({ HOST, ALLOW_CLEARTEXT: 'false' })).toEqual(['HOST']);
    expect(faultsOf({ MANAGEMENT_HOST: HOST })).toEqual(['MANAGEMENT_HOST']);
    expect(faultsOf({ HOST, ALLOW_CLEARTEXT: 'perhaps' })).toEqual(['ALLOW_CLEARTEXT']);
    expect(readConfig({ HOST, ALLOW_CLEARTEXT: 'true' })).toMatchObject({ HOST });
  });

  it.each(['127.0.0.1', '127.0.0.9', 'localhost', '::1'])('listen on %s without being asked', (HOST) => {
    expect(readConfig({ HOST })).toMatchObject({ HOST });
  });

  it.each([
    [{ SMTP_URL: 'smtp://mail.example.gov:587' }, true],
    [{ SMTP_URL: 'smtp://mail.example.gov', SMTP_REQUIRE_TLS: 'false' }, false],
    [{ SMTP_URL: 'smtp://127.0.0.1:2525' }, false],
    [{ SMTP_URL: 'smtp://[::1]:2525', SMTP_REQUIRE_TLS: 'true' }, true],
  ])(
    'demand TLS of mail servers unless told otherwise, or where they are this machine: %j',
    (env, demanded) => {
      expect(demandsTls(readConfig(env))).toBe(demanded);
    },
  );

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

  /** The table of README.md: name, and the default as it stands there. */
  const documented = [
    ...readFileSync('services/all/README.md', 'utf8').matchAll(/^\| `([A-Z][A-Z0-9_]*)`\s*\| (.*?)\s*\| /gm),
  ].map(([, name = '', told = '']) => ({ name, told }));

  it('are each documented in the README once, and no other is', () => {
    expect(documented.map(({ name }) => name)).toEqual(Object.keys(settings));
  });

  /** Defaults that depend on other settings, or stand in a list of their own: how the README tells them. */
  const computed = {
    MANAGEMENT_PORT: `\`${usualManagementPort}\``,
    RATE_LIMITS: 'see below',
    PUBLIC_URL: '`http://<HOST>:<PORT>`',
    SMTP_REQUIRE_TLS: '`true`, on this machine `false`',
    OTEL_SERVICE_NAME: '`city311-<TARGET>`',
  };

  it.each(documented)('$name has the default that the README tells: $told', ({ name, told }) => {
    const { [name]: value } = readConfig({}) as Readonly<
      Record<string, string | number | boolean | object | undefined>
    >;
    const isNone = value === undefined || (Array.isArray(value) && value.length === 0);
    const expected = Object.entries(computed).find(([other]) => other === name)?.[1];
    expect(told).toBe(
      expected ?? (isNone ? 'none' : typeof value === 'object' ? JSON.stringify(value) : `\`${value}\``),
    );
  });

  it('tell the usual rates in the README', () => {
    const usual = Object.entries(usualLimits).map(([who, rate]) => `${who}=${rate}`);
    expect(readFileSync('services/all/README.md', 'utf8')).toContain(`\`${usual.join(',')}\``);
  });

  it('named in any README exist', () => {
    const elsewhere =
      /^(TEST|FAULT|FUZZ|CLUSTER|STRANDED|OTEL_EXPORTER_OTLP|NODE|XDG)_|^(NO_COLOR|CITY_DATA|EVENT_STORE|API_KEYS)$/;
    const files = execFileSync('git', ['ls-files', '*README.md'], { encoding: 'utf8' }).trim().split('\n');
    const named = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(
        ([, name = '']) => ({ file, name }),
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ name }) => !Object.hasOwn(settings, name) && !elsewhere.test(name))).toEqual([]);
  });
});
