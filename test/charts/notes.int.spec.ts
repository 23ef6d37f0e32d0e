import { expect, it, jest } from '@jest/globals';

import { doorsInCode } from './doors-in-code.js';
import { at, listAt, ofKind, textAt, type Manifest } from './manifest.js';
import { chart, suite, values } from './rendered.js';

jest.setTimeout(60_000);

const cases = {
  minimal: [...values('minimal'), '--set', 'image.pullSecrets={registry},entrance.tlsSecret=web'],
  production: values('production'),
};

type Keys = Readonly<Record<string, readonly string[]>>;

const gathered = (pairs: readonly (readonly [secret: string, key: string])[]): Keys =>
  Object.fromEntries(
    [...new Set(pairs.map(([secret]) => secret))]
      .sort()
      .map((secret) => [
        secret,
        [...new Set(pairs.filter(([of]) => of === secret).map(([, key]) => key))].sort(),
      ]),
  );

/** Every Secret that the resources refer to, with its keys; where the cluster knows the keys itself, none are named. */
const referredTo = (manifests: readonly Manifest[]): Keys => {
  const pods = ofKind(manifests, 'Deployment').map((one) => at(one, 'spec', 'template', 'spec'));
  const variables = pods
    .flatMap((pod) => listAt(pod, 'containers'))
    .flatMap((container) => listAt(container, 'env'))
    .map((variable) => at(variable, 'valueFrom', 'secretKeyRef'))
    .filter((ref) => ref !== undefined)
    .map((ref) => [textAt(ref, 'name'), textAt(ref, 'key')] as const);
  const files = pods
    .flatMap((pod) => listAt(pod, 'volumes'))
    .flatMap((volume) =>
      listAt(volume, 'secret', 'items').map(
        (item) => [textAt(volume, 'secret', 'secretName'), textAt(item, 'key')] as const,
      ),
    );
  const triggers = ofKind(manifests, 'TriggerAuthentication')
    .flatMap((one) => listAt(one, 'spec', 'secretTargetRef'))
    .map((ref) => [textAt(ref, 'name'), textAt(ref, 'key')] as const);
  const whole = [
    ...pods.flatMap((pod) => listAt(pod, 'imagePullSecrets')).map((ref) => textAt(ref, 'name')),
    ...ofKind(manifests, 'Ingress')
      .flatMap((one) => listAt(one, 'spec', 'tls'))
      .map((tls) => textAt(tls, 'secretName')),
  ].map((name) => [name, ''] as const);
  return gathered([...variables, ...files, ...triggers, ...whole]);
};

const commands = (notes: string): readonly (readonly [secret: string, rest: string])[] =>
  [...notes.matchAll(/kubectl -n city create secret [a-z-]+ (\S+) (.*)/g)].map(
    ([, secret = '', rest = '']) => [secret, rest] as const,
  );

suite('The notes of an installation', (helm) => {
  it.each(Object.entries(cases))(
    'have one command for each Secret, with all its keys: %s',
    async (_, options) => {
      const { text } = await helm.notes(chart, ...options);
      const made = commands(text);
      expect(made.map(([secret]) => secret)).toEqual([...new Set(made.map(([secret]) => secret))]);
      const keys = made.flatMap(([secret, rest]) => {
        const named = [...rest.matchAll(/--from-(?:literal|file)=([^=\s]+)=/g)].map(([, key = '']) => key);
        return (named.length === 0 ? [''] : named).map((key) => [secret, key] as const);
      });
      expect(gathered(keys)).toEqual(referredTo(await helm.render(chart, ...options)));
    },
  );

  it('say how a pod waits for a Secret: for those that are files in another state than for variables', async () => {
    const { text } = await helm.notes(chart, ...cases.production);
    expect(text).toMatch(
      /ContainerCreating, and its events say FailedMount, .*\n +city311-master-key, city311-eventstore-ca, city311-kafka-ca\n/,
    );
    expect(text).toMatch(/then as CreateContainerConfigError, until the others are/);
  });

  it('print a surge that takes back what was set by hand, which Helm 4 needs to be told', async () => {
    const { text } = await helm.notes(chart, ...cases.production);
    expect(text).toMatch(/values-surge\.yaml( --server-side=true --force-conflicts)?\n/);
    const [, major = ''] = /v(\d+)\./.exec(await helm.version()) ?? [];
    expect(text.includes('--force-conflicts')).toBe(Number(major) >= 4);
  });

  it('send nobody to a door that the services do not have', async () => {
    const { text } = await helm.notes(chart, ...cases.production);
    const notes = text.slice(text.indexOf('\nNOTES:'));
    const named = [...notes.matchAll(/https:\/\/311\.example\.gov(\S*)/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThanOrEqual(3);
    expect(named.filter((path) => !doorsInCode().some((door) => door.test(path)))).toEqual([]);
  });

  it('tell what Strimzi, KEDA and another release need', async () => {
    const { text } = await helm.notes(chart, ...cases.production);
    for (const said of ['--take-ownership', 'KEDA 2.17 or newer']) expect(text).toContain(said);
    expect((await helm.notes(chart, ...cases.minimal)).text).not.toContain('KEDA');
  });
});
