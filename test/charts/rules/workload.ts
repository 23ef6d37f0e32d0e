import { at, listAt, nameOf, ofKind, textAt, type Manifest } from '../manifest.js';
import type { Rule } from './rule.js';

interface Container {
  readonly of: string;
  readonly pod: unknown;
  readonly container: unknown;
}

const containersOf = (manifests: readonly Manifest[]): readonly Container[] =>
  ofKind(manifests, 'Deployment').flatMap((deployment) => {
    const pod = at(deployment, 'spec', 'template', 'spec');
    return listAt(pod, 'containers').map((container) => ({ of: nameOf(deployment), pod, container }));
  });

/** A rule about each container on its own. */
const each =
  (check: (container: unknown, pod: unknown) => readonly (string | false)[]): Rule =>
  (manifests) =>
    containersOf(manifests).flatMap(({ of, pod, container }) =>
      check(container, pod).flatMap((fault) => (fault === false ? [] : [`${of}: ${fault}`])),
    );

/** Started, alive and ready are asked separately: an engine that is away makes a pod unready, never dead. */
export const probes = each((container) =>
  [
    ['startupProbe', '/health/live'],
    ['livenessProbe', '/health/live'],
    ['readinessProbe', '/health/ready'],
  ].map(
    ([probe = '', path = '']) =>
      textAt(container, probe, 'httpGet', 'path') !== path && `${probe} does not ask ${path}`,
  ),
);

/** Figures and health have a port of their own, which every probe asks and no route leads to. */
export const managementApart: Rule = (manifests) => [
  ...each((container) => {
    const ports = new Map(
      listAt(container, 'ports').map((port) => [textAt(port, 'name'), at(port, 'containerPort')]),
    );
    return [
      (!ports.has('management') || ports.get('management') === ports.get('http')) &&
        'has no port for figures and health alone',
      ...['startupProbe', 'livenessProbe', 'readinessProbe'].map(
        (probe) =>
          at(container, probe) !== undefined &&
          textAt(container, probe, 'httpGet', 'port') !== 'management' &&
          `${probe} does not ask the management port`,
      ),
    ];
  })(manifests),
  ...ofKind(manifests, 'ServiceMonitor').flatMap((monitor) =>
    listAt(monitor, 'spec', 'endpoints').flatMap((endpoint) =>
      textAt(endpoint, 'port') === 'management'
        ? []
        : [`${nameOf(monitor)}: does not read the management port`],
    ),
  ),
  ...ofKind(manifests, 'NetworkPolicy').flatMap((policy) =>
    listAt(policy, 'spec', 'ingress').flatMap((rule) => {
      const open = listAt(rule, 'ports').map((port) => textAt(port, 'port'));
      return open.includes('management') && open.length > 1
        ? [`${nameOf(policy)}: who may send requests may read figures too`]
        : [];
    }),
  ),
];

export const nonRoot = each((container, pod) => [
  at(pod, 'securityContext', 'runAsNonRoot') !== true && 'may run as root',
  Number(at(pod, 'securityContext', 'runAsUser') ?? 0) === 0 && 'has no user of its own',
  at(container, 'securityContext', 'allowPrivilegeEscalation') !== false && 'may gain privileges',
  !listAt(container, 'securityContext', 'capabilities', 'drop').includes('ALL') && 'keeps capabilities',
  textAt(pod, 'securityContext', 'seccompProfile', 'type') !== 'RuntimeDefault' && 'has no seccomp profile',
  at(pod, 'automountServiceAccountToken') !== false && "is given a token of the cluster's API",
]);

export const readOnlyRoot = each((container, pod) => [
  at(container, 'securityContext', 'readOnlyRootFilesystem') !== true && 'may write to its image',
  ...['/data', '/tmp'].map(
    (path) =>
      !listAt(container, 'volumeMounts').some((mount) => textAt(mount, 'mountPath') === path) &&
      `has no volume at ${path}`,
  ),
  ...listAt(container, 'volumeMounts').map(
    (mount) =>
      !listAt(pod, 'volumes').some((volume) => at(volume, 'name') === at(mount, 'name')) &&
      `mounts ${textAt(mount, 'name')}, which is no volume`,
  ),
]);

/** What a process was seen to take, in MiB: idle on a cluster, and intake under 60 reports a second. */
const seenToTake = { intake: 370, others: 300 };

export const requests = each((container) => {
  const asked = Number(
    /^(\d+)Mi$/.exec(textAt(container, 'resources', 'requests', 'memory'))?.[1] ?? Infinity,
  );
  const needed = 1.2 * (textAt(container, 'name') === 'intake' ? seenToTake.intake : seenToTake.others);
  return [
    ...['requests.cpu', 'requests.memory', 'limits.memory'].map(
      (path) => textAt(container, 'resources', ...path.split('.')) === '' && `resources.${path} is missing`,
    ),
    asked < needed && `asks for ${String(asked)}Mi, and would take ${String(needed)}`,
  ];
});

/**
 * A pod takes requests until endpoints have forgotten it, by itself: it must hear of its end at once, so that its answers
 * end kept connections meanwhile. There is time left to finish.
 */
export const drains = each((container, pod) => {
  const variable = listAt(container, 'env').find((one) => at(one, 'name') === 'DRAIN_MS');
  const seconds = Number(at(variable, 'value') ?? 0) / 1000;
  const grace = Number(at(pod, 'terminationGracePeriodSeconds') ?? 30);
  return [
    seconds < 3 && 'takes no more requests while they are still sent to it: DRAIN_MS',
    at(container, 'lifecycle', 'preStop') !== undefined && 'does not hear of its end at once: preStop',
    grace - seconds < 15 && `has ${String(grace - seconds)} s to finish what is in hand`,
  ];
});

export const pinnedImage = each((container) => {
  const image = textAt(container, 'image');
  return [!/(?::(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) && `image ${image} names no version`];
});

/** Settings that hold secrets come from Secrets, and no other value looks like one. */
export const secretsByReference = each((container) =>
  listAt(container, 'env').map((variable) => {
    const name = textAt(variable, 'name');
    const secret = /^(?:EVENTSTORE_URL|MONGODB_URL|SMTP_URL|MASTER_KEY)$|PASSWORD|USERNAME/.test(name);
    return (
      ((secret && at(variable, 'valueFrom', 'secretKeyRef') === undefined) ||
        /:\/\/[^/]*@/.test(textAt(variable, 'value'))) &&
      `${name} is written out`
    );
  }),
);

export const spread = each((_, pod) =>
  ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
    (key) =>
      !listAt(pod, 'topologySpreadConstraints').some((spread) => at(spread, 'topologyKey') === key) &&
      `is not spread over ${key}`,
  ),
);

export const rollsWithoutLoss: Rule = (manifests) =>
  ofKind(manifests, 'Deployment').flatMap((deployment) => {
    const rolling = at(deployment, 'spec', 'strategy', 'rollingUpdate');
    return at(rolling, 'maxUnavailable') === 0 && at(rolling, 'maxSurge') !== 0
      ? []
      : [`${nameOf(deployment)}: an upgrade takes pods away before new ones are ready`];
  });
