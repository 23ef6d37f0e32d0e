import { Model } from '@kubernetes-models/base';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';

import { nameOf, type Manifest } from './manifest.js';

interface Kind {
  /** Checks types, required fields, patterns and ranges; null: no package has this kind, its interface alone is checked. */
  readonly model: (new () => Model<unknown>) | null;
  /** Where its interface is declared, and under which name: what the TypeScript compiler checks for unknown fields. */
  readonly from: string;
}

const core = 'kubernetes-models';
const more = '@kubernetes-models';

/** Every kind that the chart may render, by `apiVersion/kind`. */
export const kinds: Readonly<Record<string, Kind>> = {
  'v1/Service': { model: Service, from: `${core}/v1/Service` },
  'v1/ServiceAccount': { model: ServiceAccount, from: `${core}/v1/ServiceAccount` },
  'apps/v1/Deployment': { model: Deployment, from: `${core}/apps/v1/Deployment` },
  'policy/v1/PodDisruptionBudget': {
    model: PodDisruptionBudget,
    from: `${core}/policy/v1/PodDisruptionBudget`,
  },
  'autoscaling/v2/HorizontalPodAutoscaler': {
    model: HorizontalPodAutoscaler,
    from: `${core}/autoscaling/v2/HorizontalPodAutoscaler`,
  },
  'networking.k8s.io/v1/Ingress': { model: Ingress, from: `${core}/networking.k8s.io/v1/Ingress` },
  'networking.k8s.io/v1/NetworkPolicy': {
    model: NetworkPolicy,
    from: `${core}/networking.k8s.io/v1/NetworkPolicy`,
  },
  'gateway.networking.k8s.io/v1/HTTPRoute': {
    model: HTTPRoute,
    from: `${more}/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute`,
  },
  'keda.sh/v1alpha1/ScaledObject': {
    model: ScaledObject,
    from: `${more}/keda/keda.sh/v1alpha1/ScaledObject`,
  },
  'keda.sh/v1alpha1/TriggerAuthentication': {
    model: TriggerAuthentication,
    from: `${more}/keda/keda.sh/v1alpha1/TriggerAuthentication`,
  },
  'kafka.strimzi.io/v1/KafkaTopic': { model: null, from: './kafka-topic' },
  'kafka.strimzi.io/v1beta2/KafkaTopic': { model: null, from: './kafka-topic' },
  'monitoring.coreos.com/v1/ServiceMonitor': {
    model: ServiceMonitor,
    from: `${more}/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor`,
  },
  'monitoring.coreos.com/v1/PrometheusRule': {
    model: PrometheusRule,
    from: `${more}/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule`,
  },
};

export const kindOf = ({ apiVersion, kind }: Manifest): Kind | undefined => kinds[`${apiVersion}/${kind}`];

/** What the schema of its kind refuses in a manifest. */
export const schemaFaults = (manifest: Manifest): readonly string[] => {
  const model = kindOf(manifest)?.model;
  if (model === null) return [];
  if (model === undefined) return [`${nameOf(manifest)}: nothing here knows ${manifest.apiVersion}`];
  const made: unknown = Reflect.construct(model, [manifest]);
  try {
    if (made instanceof Model) made.validate();
    return [];
  } catch (error) {
    return [`${nameOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`];
  }
};
