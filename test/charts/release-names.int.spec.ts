import { expect, it, jest } from '@jest/globals';

import { at, nameOf, type Manifest } from './manifest.js';
import { chart, suite, values } from './rendered.js';

jest.setTimeout(60_000);

/** Helm takes up to 53 small letters, digits, - and dots; YAML takes some of them for numbers or for yes and no. */
const releases = [
  'city311',
  '311',
  '1e3',
  '0x1f',
  '1.5',
  'true',
  'null',
  'my.city',
  'my-city',
  '311city311',
  'a'.repeat(53),
  `${'a'.repeat(52)}b`,
  `${'a'.repeat(38)}-${'-'.repeat(4)}${'b'.repeat(10)}`,
  `city311${'-x'.repeat(21)}`,
  `9${'.9'.repeat(26)}`,
];

/** Every label and selector of a resource, wherever in it: pairs of a key and whatever stands there. */
const labelsIn = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]: [string, unknown]) =>
    ['labels', 'matchLabels', 'selector', 'annotations'].includes(key) &&
    typeof inside === 'object' &&
    inside !== null &&
    !('matchLabels' in inside)
      ? Object.entries(inside)
      : labelsIn(inside),
  );
};

const serviceName = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/;

const faultsOf = (manifest: Manifest): readonly string[] => {
  const { name } = manifest.metadata;
  const isWhole = typeof name === 'string' && name.length <= 63 && serviceName.test(name);
  return [
    ...(isWhole || manifest.kind === 'KafkaTopic' ? [] : [`${nameOf(manifest)}: no name of a Service`]),
    ...labelsIn(manifest).flatMap(([key, value]) =>
      typeof value === 'string' && value.length <= 63 && labelValue.test(value)
        ? []
        : [`${nameOf(manifest)}: ${key} is ${JSON.stringify(value)}`],
    ),
  ];
};

suite('Names of releases', (helm) => {
  const rendered = Promise.all(
    releases.map(
      async (release) =>
        [
          release,
          await helm.renderAs(release, chart, ...values('production'), '--set', 'monitoring.rules=false'),
        ] as const,
    ),
  );

  it.each(releases)('give every resource a name and labels that the cluster takes: %s', async (release) => {
    const [, manifests = []] = (await rendered).find(([of]) => of === release) ?? [];
    expect(manifests.length).toBeGreaterThan(30);
    expect(manifests.flatMap(faultsOf)).toEqual([]);
  });

  it('are told apart: no two of them have a resource of the same name', async () => {
    const names = (await rendered).flatMap(([, manifests]) =>
      manifests.filter(({ kind }) => kind !== 'KafkaTopic').map((one) => nameOf(one)),
    );
    expect(names.length).toBe(new Set(names).size);
  });

  it('stay what they were where they were right: a release keeps its resources', async () => {
    const [, manifests = []] = (await rendered).find(([release]) => release === 'my-city') ?? [];
    expect(manifests.map(nameOf)).toContain('Service/my-city-city311-notifications');
    expect(
      at(
        manifests.find(({ kind }) => kind === 'Service'),
        'metadata',
        'labels',
      ),
    ).toMatchObject({
      'app.kubernetes.io/instance': 'my-city',
    });
  });
});
