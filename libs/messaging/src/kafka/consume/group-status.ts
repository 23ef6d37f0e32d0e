import type { Admin } from 'kafkajs';

import type { GroupStatus } from '../../consumer-groups.js';
import type { Clients } from './clients.js';
import { boundsOf, committedOffsets } from './offsets.js';
import { toPosition } from './place.js';
import { readerGroupPrefix } from './plain-reader.js';

export interface GroupStatusOptions {
  readonly clients: Clients;
  readonly topics: readonly string[];
  /** Members in this process. */
  readonly members: () => readonly {
    readonly group: string;
    readonly topic: string;
    readonly active: boolean;
  }[];
  readonly parked: (group: string, topic: string) => number;
}

/** Clients of each group with their hosts. */
const membersOf = async (
  admin: Admin,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (groups.length === 0) return new Map();
  const described = await admin.describeGroups([...groups]);
  return new Map(
    described.groups.map(({ groupId, members }) => [
      groupId,
      members.map(({ clientId, clientHost }) => `${clientId}@${clientHost.replace(/^\//, '')}`).toSorted(),
    ]),
  );
};

/** Where every group stands that has committed something on the topics, or has a member in this process. */
export const readGroups = async (options: GroupStatusOptions): Promise<readonly GroupStatus[]> => {
  const { clients, topics, parked } = options;
  const members = options.members();
  return clients.administer(async (admin) => {
    const known = (await admin.listGroups()).groups
      .map(({ groupId }) => groupId)
      .filter((group) => !group.startsWith(readerGroupPrefix));
    const groups = [...new Set([...known, ...members.map(({ group }) => group)])].toSorted();
    const [{ first, end }, inGroups, ...committed] = await Promise.all([
      boundsOf(admin, topics),
      membersOf(admin, groups),
      ...groups.map((group) => committedOffsets(admin, group, topics)),
    ]);
    return groups.flatMap((group, at) =>
      topics.flatMap((topic): readonly GroupStatus[] => {
        const offsets = committed[at]?.get(topic) ?? [];
        const member = members.find((one) => one.group === group && one.topic === topic);
        const hasCommitted = offsets.some((offset) => offset !== null);
        if (!hasCommitted && member === undefined) return [];
        const next = (end.get(topic) ?? []).map(
          (_, partition) => offsets[partition] ?? first.get(topic)?.[partition] ?? 0,
        );
        let lag = 0;
        for (const [partition, offset] of (end.get(topic) ?? []).entries())
          lag += Math.max(0, offset - (next[partition] ?? 0));
        return [
          {
            group,
            topic,
            position: hasCommitted ? toPosition(new Map([[topic, next]])) : null,
            lag,
            parked: parked(group, topic),
            active: member?.active ?? false,
            members: inGroups.get(group) ?? [],
          },
        ];
      }),
    );
  });
};
