import { expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { topics } from '@city311/contracts';

import { consumersInCode } from './consumers-in-code.js';
import { fixtures } from './fixture.js';
import type { Helm } from './helm.js';
import { at, nameOf, ofKind, type Manifest } from './manifest.js';
import { schemaFaults } from './models.js';
import { chart, helm, suite, values } from './rendered.js';
import { broken, rules } from './rules/index.js';
import { typeFaults } from './unknown-fields.js';

/** Helm and the compiler are processes of their own, and the machine may be busy. */
jest.setTimeout(60_000);

const sizes = {
  minimal: values('minimal'),
  production: values('production'),
  'surge on minimal': values('minimal', 'surge'),
  'surge on production': values('production', 'surge'),
};

const render = async (helm: Helm): Promise<Readonly<Record<string, readonly Manifest[]>>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(sizes).map(
        async ([name, options]) => [name, await helm.render(chart, ...options)] as const,
      ),
    ),
  );

const rendered = helm === null ? {} : await render(helm);
const of = (size: keyof typeof sizes): readonly Manifest[] => rendered[size] ?? [];

suite('The chart', (helm) => {
  it.each(Object.entries(sizes))('is found sound by helm itself: %s', async (_, options) => {
    expect(await helm.lint(chart, ...options)).toMatchObject({ ok: true });
  });

  it('renders every service of the program, each with what it needs', () => {
    for (const manifests of Object.values(rendered)) {
      for (const kind of ['Deployment', 'PodDisruptionBudget'])
        expect(ofKind(manifests, kind).map(({ metadata }) => metadata.name)).toEqual(
          ['departments', 'intake', 'notifications', 'portal', 'relay', 'routing'].map(
            (name) => `city311-${name}`,
          ),
        );
    }
  });

  it.each(Object.keys(sizes))('renders only what Kubernetes has a schema for, and meets it: %s', (size) => {
    expect((rendered[size] ?? []).flatMap(schemaFaults)).toEqual([]);
  });

  it('renders no unknown field, no value of a wrong type, and leaves no required field out', async () => {
    expect(await typeFaults(Object.values(rendered).flat())).toEqual([]);
  });

  it.each(Object.keys(sizes))('breaks no rule: %s', (size) => {
    expect(broken(rendered[size] ?? [])).toEqual({});
  });

  it('has a topic list that is the one of the contracts', () => {
    const list = readFileSync(`${chart}/files/topics.txt`, 'utf8').trim().split('\n');
    expect(list).toEqual(Object.values(topics).map(({ name }) => name));
  });

  it('makes no Secret: it refers to them', () => {
    for (const manifests of Object.values(rendered)) expect(ofKind(manifests, 'Secret')).toEqual([]);
  });

  it('knows every consumer group of the code', () => {
    expect(consumersInCode().length).toBeGreaterThanOrEqual(6);
  });

  it('tells in its notes what to do next, with the names of this release', async () => {
    const { text } = await helm.notes(chart, ...sizes.production);
    for (const said of [
      'create secret generic city311-master-key',
      'deployment/city311-intake',
      'ops doctor',
      'values-surge.yaml',
    ])
      expect(text).toContain(said);
  });
});

suite('A surge', () => {
  const without = (manifests: readonly Manifest[], ...numbers: readonly string[]): unknown =>
    JSON.parse(
      JSON.stringify(manifests, (key, value: unknown) => (numbers.includes(key) ? undefined : value)),
    );
  const numbers = ['replicas', 'minReplicas', 'maxReplicas', 'minReplicaCount', 'maxReplicaCount'];

  it.each(['minimal', 'production'] as const)(
    'changes numbers of pods alone, so that nothing starts anew: %s',
    (size) => {
      expect(of(`surge on ${size}`)).not.toEqual(of(size));
      expect(without(of(`surge on ${size}`), ...numbers)).toEqual(without(of(size), ...numbers));
    },
  );

  it('gives no service less than before', () => {
    const least = (manifests: readonly Manifest[]): Record<string, number> =>
      Object.fromEntries([
        ...ofKind(manifests, 'HorizontalPodAutoscaler').map(
          (one) => [one.metadata.name, Number(at(one, 'spec', 'minReplicas'))] as const,
        ),
        ...ofKind(manifests, 'ScaledObject').map(
          (one) => [one.metadata.name, Number(at(one, 'spec', 'minReplicaCount'))] as const,
        ),
      ]);
    const usual = least(of('production'));
    const surge = least(of('surge on production'));
    for (const [name, pods] of Object.entries(usual)) expect(surge[name]).toBeGreaterThanOrEqual(pods);
    expect(surge['city311-intake']).toBeGreaterThan(usual['city311-intake'] ?? 0);
  });
});

suite('A surge and back', (helm) => {
  it('is what was there before: the same command without the surge file renders the same', async () => {
    expect(await helm.render(chart, ...sizes.production)).toEqual(of('production'));
  });
});

suite('Rules', () => {
  const schemas = fixtures.filter(({ rule }) => rule === 'schemas');
  const types = fixtures.filter(({ rule }) => rule === 'types');
  const others = fixtures.filter(({ rule }) => rule in rules);

  it('have a fixture each that breaks them, and every fixture breaks one', () => {
    expect([...new Set(others.map(({ rule }) => rule))].sort()).toEqual(Object.keys(rules).sort());
    expect(schemas.length + types.length + others.length).toBe(fixtures.length);
  });

  it.each(others.map((fixture) => [fixture.name, fixture] as const))(
    'bite: %s',
    (_, { rule, says, apply }) => {
      const found = broken(apply(of('production')).manifests);
      expect(Object.keys(found)).toEqual([rule]);
      expect(found[rule]?.join('\n')).toContain(says);
    },
  );

  it.each(schemas.map((fixture) => [fixture.name, fixture] as const))('bite: %s', (_, { says, apply }) => {
    expect(apply(of('production')).changed.flatMap(schemaFaults).join('\n')).toContain(says);
  });

  it('bite where a field is unknown, missing or of a wrong type', async () => {
    const faulty = types.map((fixture) => ({ fixture, changed: fixture.apply(of('production')).changed }));
    const faults = await typeFaults(faulty.flatMap(({ changed }) => changed));
    for (const { fixture, changed } of faulty) {
      const own = faults.filter((fault) => changed.some((one) => fault.startsWith(`${nameOf(one)}: `)));
      expect(own.join('\n')).toContain(fixture.says);
    }
  });
});

const wrongValues: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'nothing is given: all that is missing, each with an example',
    [],
    [
      'publicUrl "": give the address',
      'kafka.brokers is empty',
      'mail.from is empty',
      'mail.smtpUrl is missing',
    ],
  ],
  [
    'a secret is written out',
    [...sizes.minimal, '--set', 'mongodb.url=mongodb://joe:secret@host'],
    [
      'mongodb.url is written out: values are no place for secrets',
      'refer to that, { name: <Secret>, key: <key in it> }',
    ],
  ],
  [
    'a name is misspelt, or a value is none of those that there are',
    [
      ...sizes.minimal,
      '--set',
      'kafka.replicaton=3,logLevel=loud,services.intakes.replicas=2,services.intake.replicas=0',
    ],
    [
      "at '/kafka': additional properties 'replicaton' not allowed",
      "at '/logLevel': value must be one of 'fatal', 'error'",
      "at '/services': additional properties 'intakes' not allowed",
      "at '/services/intake/replicas': minimum: got 0, want 1",
    ],
  ],
  [
    'a list is given as a text',
    [...sizes.minimal, '--set', 'kafka.brokers=kafka:9092'],
    ["at '/kafka/brokers': got string, want array"],
  ],
  [
    'the image has no version',
    [...sizes.minimal, '--set', 'image.tag=latest'],
    ['image.tag latest: name a version, or give image.digest'],
  ],
  [
    'two values do not go together',
    [
      ...sizes.production,
      '--set',
      'services.relay.scaling.by=lag,services.routing.scaling.max=99,kafka.sasl.username=null,entrance.gateway.name=,services.intake.drainSeconds=90,services.portal.reaches={fax}',
    ],
    [
      'services.relay.scaling.by lag: this service consumes nothing',
      'services.routing.scaling.max 99 is above kafka.partitions 24',
      'kafka.sasl.mechanism scram-sha-512 needs kafka.sasl.username',
      'entrance.kind httproute needs entrance.gateway.name',
      'services.intake: drainSeconds 90 leaves less than 15 of graceSeconds 60',
      'services.portal.reaches fax: network.reachable has no such entry',
    ],
  ],
];

suite('Wrong values', (helm) => {
  it.each(wrongValues)('are refused with what to do, all at once: %s', async (_, options, said) => {
    const { ok, text } = await helm.template(chart, ...options);
    expect(ok).toBe(false);
    for (const part of said) expect(text).toContain(part);
  });
});
