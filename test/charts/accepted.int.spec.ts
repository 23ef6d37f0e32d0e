import { expect, it, jest } from '@jest/globals';

import { at, listAt, ofKind, type Manifest } from './manifest.js';
import { schemaFaults } from './models.js';
import { chart, suite, values } from './rendered.js';
import { broken } from './rules/index.js';
import { typeFaults } from './unknown-fields.js';

jest.setTimeout(60_000);

/** Names that YAML takes for a number, for yes and no or for nothing, wherever a name can be given. */
const named = (name: string): readonly string[] =>
  [
    ...[
      'image.pullSecrets[0]',
      'entrance.gateway.name',
      'entrance.gateway.namespace',
      'entrance.gateway.sectionName',
    ],
    ...[
      'topics.strimzi.cluster',
      'topics.strimzi.namespace',
      'masterKey.name',
      'masterKey.key',
      'eventstore.ca.name',
    ],
    ...['kafka.ca.name', 'kafka.sasl.username.name', 'kafka.sasl.username.key', 'kafka.sasl.password.name'],
    ...['mongodb.url.name', 'mongodb.url.key', 'mail.smtpUrl.name', 'dataVolume.claim', 'image.tag'],
    ...['defaults.pods.priorityClassName', 'defaults.pods.labels.team', 'defaults.pods.annotations.team'],
    ...['defaults.pods.nodeSelector.disk', 'monitoring.labels.release', 'entrance.annotations.team'],
  ].flatMap((path) => ['--set-string', `${path}=${name}`]);

suite('Values that look like something else', (helm) => {
  const rendered = Promise.all(
    ['311', '1e3', 'true', 'null'].map(
      async (name) => [name, await helm.render(chart, ...values('production'), ...named(name))] as const,
    ),
  );

  it('stay the texts that they are', async () => {
    for (const [, manifests] of await rendered) {
      expect(manifests.flatMap(schemaFaults)).toEqual([]);
      expect(broken(manifests)).toEqual({});
    }
  });

  it('are of the types of their kinds', async () => {
    const oneOfEach = (manifests: readonly Manifest[]): readonly Manifest[] => [
      ...new Map(manifests.map((one) => [one.kind, one])).values(),
    ];
    expect(await typeFaults((await rendered).flatMap(([, manifests]) => oneOfEach(manifests)))).toEqual([]);
  });

  it.each(['311', '1e3'])('stay the texts that they are, for an ingress: %s', async (name) => {
    const set = ['--set-string', `entrance.className=${name},entrance.tlsSecret=${name}`];
    const manifests = await helm.render(chart, ...values('minimal'), ...set);
    expect(at(ofKind(manifests, 'Ingress')[0], 'spec')).toMatchObject({
      ingressClassName: name,
      tls: [{ secretName: name }],
    });
  });

  it('may be numbers where an amount is meant', async () => {
    const manifests = await helm.render(
      chart,
      ...[...values('minimal'), '--set', 'defaults.resources.requests.memory=335544320'],
      ...['--set', 'services.intake.resources.requests.memory=335544320'],
      ...['--set-json', 'defaults.resources.requests.cpu=0.5,defaults.resources.limits.cpu=2'],
    );
    expect(manifests.flatMap(schemaFaults)).toEqual([]);
    for (const deployment of ofKind(manifests, 'Deployment'))
      for (const container of listAt(deployment, 'spec', 'template', 'spec', 'containers'))
        expect(at(container, 'resources')).toEqual({
          requests: { cpu: 0.5, memory: 335544320 },
          limits: { cpu: 2, memory: '768Mi' },
        });
  });
});

suite('A quota on limits.cpu', (helm) => {
  it('is met by one value: every container then has such a limit', async () => {
    const manifests = await helm.render(
      chart,
      ...values('production'),
      '--set',
      'defaults.resources.limits.cpu=2',
    );
    for (const deployment of ofKind(manifests, 'Deployment'))
      for (const container of listAt(deployment, 'spec', 'template', 'spec', 'containers'))
        expect(at(container, 'resources', 'limits', 'cpu')).toBe(2);
  });
});

suite('An older Strimzi', (helm) => {
  it('is served by a value; else topics are of the version that the newest one serves alone', async () => {
    const of = async (...options: readonly string[]): Promise<readonly string[]> => [
      ...new Set(
        ofKind(await helm.render(chart, ...values('production'), ...options), 'KafkaTopic').map(
          ({ apiVersion }) => apiVersion,
        ),
      ),
    ];
    expect(await of()).toEqual(['kafka.strimzi.io/v1']);
    expect(await of('--set', 'topics.strimzi.apiVersion=kafka.strimzi.io/v1beta2')).toEqual([
      'kafka.strimzi.io/v1beta2',
    ]);
  });
});

suite('Lists of who may reach what', (helm) => {
  it('let nobody in where they are empty', async () => {
    const manifests = await helm.render(
      chart,
      ...values('minimal'),
      ...['--set-json', 'network.entrance=[],network.monitoring=[],network.dns=[]'],
    );
    for (const policy of ofKind(manifests, 'NetworkPolicy')) {
      expect(listAt(policy, 'spec', 'ingress')).toEqual([]);
      for (const rule of listAt(policy, 'spec', 'egress')) expect(at(rule, 'to')).not.toEqual([]);
    }
  });
});
