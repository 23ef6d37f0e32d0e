/** A topic as it must be. Kept for ever (`retention.ms` and `retention.bytes` -1, `cleanup.policy` delete). */
export interface DeclaredTopic {
  readonly name: string;
  /** How far consumers of one group can be spread; keys move when it changes, so choose it once. */
  readonly partitions: number;
  readonly replication: number;
}

export interface TopicSizes {
  readonly partitions: number;
  readonly replication: number;
}

/**
 * Where a consumer's parked messages are kept: group `city311.routing.on-case` of a topic has
 * `<topic>.parked.routing.on-case`, with its service, because several have the same purpose.
 */
export const parkedTopic = (topic: string, group: string): string =>
  `${topic}.parked.${group.slice(group.indexOf('.') + 1)}`;

/**
 * The list that a broker must have: every topic, and one for the parked messages of each group that consumes it.
 * @throws RangeError  two groups of one topic would park in the same place
 */
export const declareTopics = (
  topics: readonly string[],
  groups: readonly { readonly topic: string; readonly group: string }[],
  sizes: TopicSizes,
): readonly DeclaredTopic[] => {
  const parked = groups.map(({ topic, group }) => parkedTopic(topic, group));
  const twice = parked.find((name, at) => parked.indexOf(name) !== at);
  if (twice !== undefined) throw new RangeError(`two groups would park in ${twice}`);
  return [...topics, ...parked].map((name) => ({ name, ...sizes }));
};

/** Settings that every declared topic is made with and checked for. */
export const keptForEver = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
} as const;
