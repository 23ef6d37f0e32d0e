import { at, listAt, nameOf, ofKind, selects, textAt, type Manifest } from '../manifest.js';
import type { Rule } from './rule.js';

const podLabels = (deployment: Manifest): unknown => at(deployment, 'spec', 'template', 'metadata', 'labels');

const missing =
  (
    kind: string,
    path: readonly string[],
    fault: string,
    counts: (manifest: Manifest) => boolean = () => true,
  ): Rule =>
  (manifests) =>
    ofKind(manifests, 'Deployment').flatMap((deployment) =>
      ofKind(manifests, kind).some(
        (manifest) => selects(at(manifest, ...path), podLabels(deployment)) && counts(manifest),
      )
        ? []
        : [`${nameOf(deployment)}: ${fault}`],
    );

export const disruptionBudget = missing(
  'PodDisruptionBudget',
  ['spec', 'selector', 'matchLabels'],
  'no disruption budget covers its pods',
  (budget) => at(budget, 'spec', 'maxUnavailable') === 1,
);

const isDeny = (policy: Manifest): boolean =>
  listAt(policy, 'spec', 'ingress').length === 0 &&
  listAt(policy, 'spec', 'egress').length === 0 &&
  ['Ingress', 'Egress'].every((type) => listAt(policy, 'spec', 'policyTypes').includes(type));

/** Nothing is open but what is named: first a policy that denies all, then one that allows, each rule with its ports. */
export const denyFirst: Rule = (manifests) => [
  ...missing(
    'NetworkPolicy',
    ['spec', 'podSelector', 'matchLabels'],
    'nothing denies by default',
    isDeny,
  )(manifests),
  ...missing(
    'NetworkPolicy',
    ['spec', 'podSelector', 'matchLabels'],
    'no policy of its own',
    (policy) => !isDeny(policy),
  )(manifests),
  ...ofKind(manifests, 'NetworkPolicy').flatMap((policy) =>
    ['ingress', 'egress'].flatMap((way) =>
      listAt(policy, 'spec', way).flatMap((rule) =>
        listAt(rule, 'ports').length > 0 && (way === 'egress' || listAt(rule, 'from').length > 0)
          ? []
          : [`${nameOf(policy)}: ${way} is open to all`],
      ),
    ),
  ),
];

/**
 * Two hands on one number of pods fight for ever. The manifest is none of them: a `replicas` that stands there and is
 * taken out again, by whatever applies it, leaves one pod.
 */
export const oneScaler: Rule = (manifests) =>
  ofKind(manifests, 'Deployment').flatMap((deployment) => {
    const scalers = [
      ...ofKind(manifests, 'HorizontalPodAutoscaler'),
      ...ofKind(manifests, 'ScaledObject'),
    ].filter((scaler) => textAt(scaler, 'spec', 'scaleTargetRef', 'name') === deployment.metadata.name);
    const stands = at(deployment, 'spec', 'replicas') !== undefined;
    const hands = [...scalers.map(nameOf), ...(stands ? ['replicas'] : [])];
    return scalers.length === 1 && !stands
      ? []
      : [`${nameOf(deployment)}: its number of pods is set by ${hands.join(' and ') || 'nobody'}`];
  });

const backendsOf = (
  manifests: readonly Manifest[],
): readonly { readonly of: string; readonly to: string }[] => [
  ...ofKind(manifests, 'Ingress').flatMap((ingress) =>
    listAt(ingress, 'spec', 'rules').flatMap((rule) =>
      listAt(rule, 'http', 'paths').map((path) => ({
        of: nameOf(ingress),
        to: textAt(path, 'backend', 'service', 'name'),
      })),
    ),
  ),
  ...ofKind(manifests, 'HTTPRoute').flatMap((route) =>
    listAt(route, 'spec', 'rules').flatMap((rule) =>
      listAt(rule, 'backendRefs').map((to) => ({ of: nameOf(route), to: textAt(to, 'name') })),
    ),
  ),
];

/** What is named is there: routes lead to Services, Services to pods and their ports, scalers to who lets them in. */
export const namesMeet: Rule = (manifests) => {
  const has = (kind: string, name: string): boolean =>
    ofKind(manifests, kind).some(({ metadata }) => metadata.name === name);
  return [
    ...backendsOf(manifests).flatMap(({ of, to }) =>
      has('Service', to) ? [] : [`${of}: leads to ${to}, which is no Service`],
    ),
    ...ofKind(manifests, 'Service').flatMap((service) => {
      const selector = at(service, 'spec', 'selector');
      const chosen = ofKind(manifests, 'Deployment').filter((deployment) =>
        selects(selector, podLabels(deployment)),
      );
      return selector === undefined || chosen.length === 1
        ? []
        : [`${nameOf(service)}: its pods are those of ${String(chosen.length)} Deployments`];
    }),
    ...ofKind(manifests, 'ScaledObject').flatMap((scaler) =>
      listAt(scaler, 'spec', 'triggers').flatMap((trigger) => {
        const name = textAt(trigger, 'authenticationRef', 'name');
        return name === '' || has('TriggerAuthentication', name)
          ? []
          : [`${nameOf(scaler)}: no TriggerAuthentication ${name}`];
      }),
    ),
  ];
};
