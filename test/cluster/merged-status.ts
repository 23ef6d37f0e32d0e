import { itemsOf, membersOf, textOf } from '../server/json.js';

export interface GroupLine {
  readonly group: string;
  readonly lag: number;
  readonly parked: number;
}

export interface MergedStatus {
  readonly drained: boolean;
  readonly head: string | null;
  readonly groups: readonly GroupLine[];
}

const linesOf = (body: unknown): readonly GroupLine[] => {
  const lines = new Map<string, GroupLine>();
  for (const item of itemsOf(body, 'groups')) {
    const { group, lag, parked } = {
      group: textOf(item['group']),
      lag: Number(item['lag']),
      parked: Number(item['parked']),
    };
    // One group on two topics has two lines.
    const before = lines.get(group) ?? { lag: 0, parked: 0 };
    lines.set(group, { group, lag: before.lag + lag, parked: before.parked + parked });
  }
  return [...lines.values()];
};

/**
 * What all processes say of the whole system as one. Several tell of the same group or view, a little earlier or
 * later: the most that anybody says counts. Drained only where everybody says so and all saw the same head.
 */
export const mergeStatuses = (bodies: readonly unknown[]): MergedStatus => {
  const lines = new Map<string, GroupLine>();
  for (const line of bodies.flatMap(linesOf)) {
    const { group, lag, parked } = line;
    const before = lines.get(group);
    lines.set(group, {
      group,
      lag: Math.max(before?.lag ?? 0, lag),
      parked: Math.max(before?.parked ?? 0, parked),
    });
  }
  const heads = new Set(bodies.map((body) => membersOf(body)['head']));
  const [head = null] = heads;
  const groups = [...lines.values()].toSorted((one, other) => (one.group < other.group ? -1 : 1));
  return {
    drained: heads.size === 1 && bodies.every((body) => membersOf(body)['drained'] === true),
    head: typeof head === 'string' ? head : null,
    groups,
  };
};
