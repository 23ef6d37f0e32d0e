import { topics } from '@city311/contracts';
import { declareTopics } from '@city311/messaging/kafka';

import { consumersInCode } from '../consumers-in-code.js';
import { environmentFaults } from '../environment.js';
import { at, listAt, nameOf, ofKind, textAt } from '../manifest.js';
import type { Rule } from './rule.js';

/** Every variable is a setting of the program, and the program would start with all of them. */
export const settingsOfTheProgram: Rule = (manifests) =>
  ofKind(manifests, 'Deployment').flatMap((deployment) =>
    listAt(deployment, 'spec', 'template', 'spec', 'containers').flatMap((container) => {
      const env = Object.fromEntries(
        listAt(container, 'env').map((variable) => [
          textAt(variable, 'name'),
          at(variable, 'valueFrom') === undefined ? textAt(variable, 'value') : null,
        ]),
      );
      return environmentFaults(env).map((fault) => `${nameOf(deployment)}: ${fault}`);
    }),
  );

/** A service is scaled on the lag of its own groups, all of them, each on the topic that the code consumes. */
export const groupsOfTheCode: Rule = (manifests) =>
  ofKind(manifests, 'ScaledObject').flatMap((scaler) => {
    const service = textAt(scaler, 'metadata', 'labels', 'app.kubernetes.io/component');
    const watched = listAt(scaler, 'spec', 'triggers').map(
      (trigger) =>
        `${textAt(trigger, 'metadata', 'consumerGroup')} on ${textAt(trigger, 'metadata', 'topic')}`,
    );
    const consumed = consumersInCode()
      .filter(({ group }) => group.startsWith(`city311.${service}.`))
      .map(({ group, topic }) => `${group} on ${topic}`);
    return [
      ...watched
        .filter((pair) => !consumed.includes(pair))
        .map((pair) => `${nameOf(scaler)}: the code has no ${pair}`),
      ...consumed
        .filter((pair) => !watched.includes(pair))
        .map((pair) => `${nameOf(scaler)}: does not look at ${pair}`),
    ];
  });

/** Where Strimzi makes the topics, it makes those of the code, kept for ever. */
export const topicsOfTheCode: Rule = (manifests) => {
  const made = ofKind(manifests, 'KafkaTopic');
  if (made.length === 0) return [];
  const names = made.map(({ metadata }) => metadata.name);
  const declared = declareTopics(
    Object.values(topics).map(({ name }) => name),
    consumersInCode(),
    { partitions: 1, replication: 1 },
  ).map(({ name }) => name);
  return [
    ...declared.filter((name) => !names.includes(name)).map((name) => `KafkaTopic/${name}: is not made`),
    ...names
      .filter((name) => !declared.includes(name))
      .map((name) => `KafkaTopic/${name}: the code has no such topic`),
    ...made
      .filter(
        (topic) =>
          at(topic, 'spec', 'config', 'retention.ms') !== -1 ||
          at(topic, 'spec', 'config', 'cleanup.policy') !== 'delete',
      )
      .map((topic) => `${nameOf(topic)}: its messages are not kept for ever`),
  ];
};
