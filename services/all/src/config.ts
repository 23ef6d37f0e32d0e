import { z } from 'zod';

import { parseConfig } from '@city311/platform';

export const targets = ['all', 'intake', 'routing', 'departments', 'notifications', 'portal'] as const;
export type Target = (typeof targets)[number];

const size = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** Every setting of the process; README.md says what each is for. */
export const settings = {
  TARGET: z.enum(targets).default('all'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: size(3110, 0, 65535),
  DATA_DIR: z.string().min(1).default('.data'),
  CITY: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a folder under libs/city/cities')
    .default('boston'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  BODY_LIMIT_BYTES: size(2_097_152, 1_024, 16_777_216),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).default('311 <no-reply@localhost>'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};

export type Config = ReturnType<typeof readConfig>;

/** @throws ConfigError  names every wrong setting */
export const readConfig = (env: Readonly<Record<string, string | undefined>> = process.env) =>
  parseConfig(settings, env);
