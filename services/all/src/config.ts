import { z } from 'zod';

import { ConfigError, parseConfig } from '@city311/platform';

import { isLoopback } from './loopback.js';
import { networksIn } from './strangers/addresses.js';
import { parseRateLimits } from './strangers/rate-limits.js';

export const targets = [
  'all',
  'intake',
  'routing',
  'departments',
  'notifications',
  'portal',
  'relay',
] as const;
export type Target = (typeof targets)[number];

const size = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const file = z.string().min(1).optional();
const brokers = z
  .string()
  .regex(/^[^\s,/:]+:\d+(,[^\s,/:]+:\d+)*$/, 'must be host:port, several with commas between')
  .transform((text) => text.split(','));

/** A setting in a form of its own. @param read  throws RangeError with what is wrong */
const parsed = <Value>(read: (text: string) => Value) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return read(text);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .prefault('');

/** Every setting of the process; README.md says what each is for. */
export const settings = {
  TARGET: z.enum(targets).default('all'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: size(3110, 0, 65535),
  MANAGEMENT_HOST: z.string().min(1).default('127.0.0.1'),
  MANAGEMENT_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  TRUSTED_PROXIES: parsed(networksIn),
  RATE_LIMITS: parsed(parseRateLimits),
  ALLOW_CLEARTEXT: z.stringbool().default(false),
  FIRST_KEY: z.enum(['print', 'file']).default('print'),
  DATA_DIR: z.string().min(1).default('.data'),
  CITY: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a folder under libs/city/cities')
    .default('boston'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  BODY_LIMIT_BYTES: size(2_097_152, 1_024, 16_777_216),
  REQUEST_TIMEOUT_MS: size(30_000, 1_000, 600_000),
  KEEP_ALIVE_TIMEOUT_MS: size(72_000, 1_000, 3_600_000),
  DRAIN_MS: size(0, 0, 600_000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_REQUIRE_TLS: z.stringbool().optional(),
  MAILS_PER_DAY: size(50, 1, 100_000),
  MAIL_FROM: z.string().min(3).default('311 <no-reply@localhost>'),
  EVENTSTORE_URL: z
    .string()
    .regex(/^(esdb|eventstoredb|kurrentdb)(\+discover)?:\/\//, 'must begin with esdb:// or esdb+discover://')
    .optional(),
  EVENTSTORE_CA_FILE: z
    .string()
    .regex(/^[^\s&]+$/, 'must be a path without & and white space')
    .optional(),
  KAFKA_BROKERS: brokers.optional(),
  KAFKA_PARTITIONS: size(12, 1, 1_000),
  KAFKA_REPLICATION: size(1, 1, 9),
  KAFKA_LINGER_MS: size(40, 0, 1_000),
  KAFKA_TLS: z.stringbool().default(false),
  KAFKA_TLS_CA_FILE: file,
  KAFKA_TLS_CERT_FILE: file,
  KAFKA_TLS_KEY_FILE: file,
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().min(1).optional(),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional(),
  MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
    .optional(),
  MASTER_KEY: z.string().min(1).optional(),
  MASTER_KEY_FILE: file,
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};

export type Config = ReturnType<typeof readConfig>;

type Env = Readonly<Record<string, string | undefined>>;

const isGiven = (env: Env, name: string): boolean => env[name] !== undefined && env[name] !== '';

/** Listeners speak no TLS themselves: off this machine only where somebody says that TLS stands before them. */
const cleartextFaults = (env: Env): readonly string[] => {
  const allowed = settings.ALLOW_CLEARTEXT.safeParse(env['ALLOW_CLEARTEXT'] || undefined);
  // Where that is no yes and no no, it is told by its own fault.
  if (!allowed.success || allowed.data) return [];
  const open = ['HOST', 'MANAGEMENT_HOST'].filter(
    (name) => isGiven(env, name) && !isLoopback(env[name] ?? ''),
  );
  return open.map(
    (name) =>
      `${name}: ${env[name] ?? ''} can be reached from other machines, and what is sent there is not encrypted; put TLS in front of it and say ALLOW_CLEARTEXT=true, or listen on 127.0.0.1`,
  );
};

/** Whether mail goes over TLS or not at all: said by SMTP_REQUIRE_TLS, else so for every server but one on this machine. */
export const demandsTls = ({ SMTP_URL, SMTP_REQUIRE_TLS }: Config): boolean =>
  SMTP_REQUIRE_TLS ?? (SMTP_URL !== undefined && !isLoopback(new URL(SMTP_URL).hostname));

/** Settings that make sense only together, or that belong to an engine which is not chosen. */
const mismatches = (env: Env): readonly string[] => {
  const has = (name: string): boolean => isGiven(env, name);
  const faults: string[] = [...cleartextFaults(env)];
  if (has('SMTP_REQUIRE_TLS') && !has('SMTP_URL'))
    faults.push('SMTP_REQUIRE_TLS: has no effect without SMTP_URL');
  if (has('MONGODB_URL') && has('MASTER_KEY') === has('MASTER_KEY_FILE'))
    faults.push('MASTER_KEY: with MONGODB_URL, either MASTER_KEY or MASTER_KEY_FILE is needed');
  if (!has('MONGODB_URL') && (has('MASTER_KEY') || has('MASTER_KEY_FILE')))
    faults.push(
      'MASTER_KEY: the embedded vault keeps its own in DATA_DIR/master.key; MONGODB_URL is missing',
    );
  const ofKafka = Object.keys(settings).filter(
    (name) => name.startsWith('KAFKA_') && name !== 'KAFKA_BROKERS',
  );
  if (!has('KAFKA_BROKERS'))
    for (const name of ofKafka.filter(has)) faults.push(`${name}: has no effect without KAFKA_BROKERS`);
  const sasl = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
  if (sasl.some(has))
    for (const name of sasl.filter((one) => !has(one)))
      faults.push(`${name}: is needed beside the other settings of SASL`);
  if (has('EVENTSTORE_CA_FILE') && !has('EVENTSTORE_URL'))
    faults.push('EVENTSTORE_CA_FILE: has no effect without EVENTSTORE_URL');
  if (has('KAFKA_TLS_CERT_FILE') !== has('KAFKA_TLS_KEY_FILE'))
    faults.push('KAFKA_TLS_CERT_FILE: needs KAFKA_TLS_KEY_FILE, and the other way round');
  return faults;
};

/** @throws ConfigError  names every wrong setting */
export const readConfig = (env: Env = process.env) => {
  const faults = mismatches(env);
  try {
    const config = parseConfig(settings, env);
    if (faults.length === 0) return config;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError([...error.faults, ...faults]);
    throw error;
  }
  throw new ConfigError(faults);
};
