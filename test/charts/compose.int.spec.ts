import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

import { environmentFaults } from './environment.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

const service = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
});

const text = read('deploy/compose.yaml');
const { services, volumes } = z
  .looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(text, { merge: true }));
const chart = z
  .looseObject({
    services: z.record(z.string(), z.looseObject({ paths: z.array(z.string()) })),
    entrance: z.looseObject({ closed: z.array(z.string()) }),
  })
  .parse(parse(read('charts/city311/values.yaml')));

const engines = ['eventstore', 'kafka', 'mongodb'];
const own = Object.entries(services).filter(([, { environment }]) => 'TARGET' in environment);

/** `${NAME:-other}` is the other, `${NAME:?why}` is what a Secret would hold: null. */
const given = (value: string): string | null => {
  const [, fallback] = /^\$\{\w+:-(.*)\}$/.exec(value) ?? [];
  return value.startsWith('${') ? (fallback ?? null) : value;
};

describe('The composed system', () => {
  it('is every service that the chart has, each once, and one of each engine', () => {
    expect(own.map(([name]) => name).sort()).toEqual(Object.keys(chart.services).sort());
    for (const [name, { environment }] of own) expect(environment['TARGET']).toBe(name);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(engines));
  });

  it('names a version of every image', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+\.\d+/);
  });

  it.each(own)('gives %s settings that the program has, and takes', (_, { environment }) => {
    const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, given(value)]));
    expect(environmentFaults(env)).toEqual([]);
  });

  it('asks every container whether it is well, and starts services after the engines are', () => {
    for (const { healthcheck } of Object.values(services)) expect(healthcheck.test.length).toBeGreaterThan(1);
    for (const [, { depends_on: after }] of own)
      expect(after).toEqual(
        Object.fromEntries(engines.map((name) => [name, { condition: 'service_healthy' }])),
      );
  });

  it.each(own)('lets %s write to its volumes alone', (_, { read_only: readOnly, cap_drop: dropped }) => {
    expect([readOnly, dropped]).toEqual([true, ['ALL']]);
  });

  it('opens one door, on this machine alone', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
    expect(
      open.map(([name, { ports }]) => [name, ports.every((port) => port.startsWith('127.0.0.1:'))]),
    ).toEqual([['gateway', true]]);
    for (const name of engines) expect(services[name]?.networks).toEqual(['inside']);
  });

  it('keeps what engines store in volumes that it declares', () => {
    const used = Object.values(services).flatMap((one) =>
      one.volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    expect(new Set(used.filter((name) => !name.startsWith('.')))).toEqual(new Set(Object.keys(volumes)));
  });

  it('holds no secret: each is a variable, and the example names all variables without their secrets', () => {
    const example = new Map(
      read('deploy/.env.example')
        .split('\n')
        .flatMap((line) =>
          /^\w+=/.test(line) ? [[line.split('=')[0] ?? '', line.split('=')[1] ?? ''] as const] : [],
        ),
    );
    const variables = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    expect([...example.keys()].sort()).toEqual([...new Set(variables)].sort());
    for (const secret of ['MASTER_KEY', 'SMTP_URL']) {
      expect(example.get(secret)).toBe('');
      for (const [, { environment }] of own) expect(environment[secret]).toMatch(/^\$\{/);
    }
  });

  it('leads every path to the service that the chart leads it to, and closes the same ones', () => {
    const locations = [
      ...read('deploy/gateway.conf').matchAll(/location (\/\S*) \{ (?:proxy_pass \$(\w+)|return 503);/g),
    ];
    const led = Object.fromEntries(locations.map(([, path = '', name = 'closed']) => [path, name]));
    const expected = [
      ...Object.entries(chart.services).flatMap(([name, { paths }]) =>
        paths.map((path) => [path, name] as const),
      ),
      ...chart.entrance.closed.map((path) => [path, 'closed'] as const),
    ];
    expect(led).toEqual(Object.fromEntries(expected));
  });
});
