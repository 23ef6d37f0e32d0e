/**
 * The part of Strimzi's KafkaTopic that the chart renders, the same in both versions; no package on the registry
 * declares it.
 */
export interface IKafkaTopic {
  apiVersion: 'kafka.strimzi.io/v1' | 'kafka.strimzi.io/v1beta2';
  kind: 'KafkaTopic';
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    topicName?: string;
    partitions: number;
    replicas: number;
    config?: Record<string, string | number | boolean>;
  };
}
