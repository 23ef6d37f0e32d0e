import { expect, it, jest } from '@jest/globals';

import { at, ofKind, textAt, type Manifest } from './manifest.js';
import { chart, suite, values } from './rendered.js';

jest.setTimeout(60_000);

const always = 4;
const [least, most] = [3, 6];
const by = ['none', 'cpu', 'lag'] as const;
type By = (typeof by)[number];

/** What is in a cluster after a release: the number that stands in the Deployment, and the bounds of its scaler. */
interface Release {
  readonly replicas: number | undefined;
  readonly min: number;
  readonly max: number;
}

const numberAt = (value: unknown, ...path: readonly string[]): number => Number(at(value, ...path));

const releaseOf = (manifests: readonly Manifest[]): Release => {
  const [deployment] = ofKind(manifests, 'Deployment').filter(
    ({ metadata }) => metadata.name === 'city311-intake',
  );
  const replicas = at(deployment, 'spec', 'replicas');
  const of = (kind: string): Manifest | undefined =>
    ofKind(manifests, kind).find((one) => textAt(one, 'spec', 'scaleTargetRef', 'name') === 'city311-intake');
  const [cpu, lag] = [of('HorizontalPodAutoscaler'), of('ScaledObject')];
  return {
    replicas: typeof replicas === 'number' ? replicas : undefined,
    min: cpu === undefined ? numberAt(lag, 'spec', 'minReplicaCount') : numberAt(cpu, 'spec', 'minReplicas'),
    max: cpu === undefined ? numberAt(lag, 'spec', 'maxReplicaCount') : numberAt(cpu, 'spec', 'maxReplicas'),
  };
};

/**
 * How many pods there are at once after a release is applied over another, before any scaler looks. All ways to apply do the
 * same here: Helm 3 and `kubectl apply` by a merge of three, Helm 4 and controllers of GitOps by owners of fields. What
 * stands in the manifest holds; what stood there and no longer does is taken out, and none means one.
 */
const appliedOver = (before: Release, after: Release, pods: number): number =>
  after.replicas ?? (before.replicas === undefined ? pods : 1);

const switches = by.flatMap((from) => by.filter((to) => to !== from).map((to) => [from, to] as const));

suite('Scaling of a service', (helm) => {
  const rendered = Promise.all(
    by.map(async (one) => {
      const scaling = `services.intake.replicas=${String(always)},services.intake.scaling.by=${one},services.intake.scaling.min=${String(least)},services.intake.scaling.max=${String(most)}`;
      return [one, releaseOf(await helm.render(chart, ...values('minimal'), '--set', scaling))] as const;
    }),
  );
  const of = async (wanted: By): Promise<Release> => {
    const found = (await rendered).find(([one]) => one === wanted);
    if (found === undefined) throw new Error(`nothing by ${wanted}`);
    return found[1];
  };

  it('has the bounds that were asked for, whichever way', async () => {
    expect(await of('none')).toEqual({ replicas: undefined, min: always, max: always });
    for (const one of ['cpu', 'lag'] as const)
      expect(await of(one)).toEqual({ replicas: undefined, min: least, max: most });
  });

  it.each(switches)('is at no moment below the minimum when it goes from %s to %s', async (from, to) => {
    const [before, after] = [await of(from), await of(to)];
    for (const pods of [before.min, before.max])
      expect(appliedOver(before, after, pods)).toBeGreaterThanOrEqual(Math.min(before.min, after.min));
  });

  it('lets a scaler of KEDA begin while the one before it is still there', async () => {
    const manifests = await helm.render(chart, ...values('production'));
    for (const scaler of ofKind(manifests, 'ScaledObject'))
      expect(at(scaler, 'metadata', 'annotations', 'validations.keda.sh/hpa-ownership')).toBe('false');
  });
});
