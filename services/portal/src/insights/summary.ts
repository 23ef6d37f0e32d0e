import type { GroupedCount } from '@city311/read-models';

/** How a group of cases stands. `onTimeShare`: of those closed, 0 to 1; null where none was. */
export interface Standing {
  readonly open: number;
  readonly closed: number;
  readonly overdue: number;
  readonly onTimeShare: number | null;
}

export interface Summary extends Standing {
  readonly asOf: string;
  readonly byDepartment: readonly (Standing & { readonly name: string })[];
  readonly byChannel: readonly (Standing & { readonly name: string })[];
  readonly byNeighborhood: readonly (Standing & { readonly name: string })[];
}

class Tally {
  open = 0;
  closed = 0;
  overdue = 0;
  onTime = 0;

  add(group: GroupedCount['group'], count: number): void {
    if (group['state'] === 'open') this.open += count;
    if (group['state'] !== 'closed') return;
    this.closed += count;
    if (group['onTime'] === true) this.onTime += count;
  }

  standing(): Standing {
    const { open, closed, overdue, onTime } = this;
    return {
      open,
      closed,
      overdue,
      onTimeShare: closed === 0 ? null : Math.round((onTime / closed) * 10_000) / 10_000,
    };
  }
}

const dimensions = ['department', 'channel', 'neighborhood'] as const;
type Dimension = (typeof dimensions)[number];

/** Names of groups: what has no department, channel or neighbourhood counts under "(none)", so that parts add up. */
const nameOf = (group: GroupedCount['group'], dimension: Dimension): string => {
  const name = group[dimension];
  return typeof name === 'string' && name.trim() !== '' ? name : '(none)';
};

/**
 * The mayor's figures from two counts over the intervals that held at `asOf`: `standing` grouped by state, result and
 * all three dimensions, `overdue` the open ones past their due instant. Withdrawn cases count nowhere.
 */
export const summarise = (
  asOf: string,
  standing: readonly GroupedCount[],
  overdue: readonly GroupedCount[],
): Summary => {
  const total = new Tally();
  const tallies = new Map(dimensions.map((dimension) => [dimension, new Map<string, Tally>()] as const));
  const each = (group: GroupedCount['group'], visit: (tally: Tally) => void): void => {
    visit(total);
    for (const [dimension, byName] of tallies) {
      const name = nameOf(group, dimension);
      const tally = byName.get(name) ?? new Tally();
      byName.set(name, tally);
      visit(tally);
    }
  };
  for (const { group, count } of standing) each(group, (tally) => tally.add(group, count));
  for (const { group, count } of overdue) {
    each(group, (tally) => {
      tally.overdue += count;
    });
  }
  const listed = (dimension: Dimension): Summary['byChannel'] =>
    [...(tallies.get(dimension) ?? [])]
      .map(([name, tally]) => ({ name, ...tally.standing() }))
      .sort(
        (one, other) => other.open + other.closed - one.open - one.closed || (one.name < other.name ? -1 : 1),
      );
  return {
    asOf,
    ...total.standing(),
    byDepartment: listed('department'),
    byChannel: listed('channel'),
    byNeighborhood: listed('neighborhood'),
  };
};
