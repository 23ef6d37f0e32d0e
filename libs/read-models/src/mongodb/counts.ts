import type { mongo } from 'mongoose';

import { toMilliseconds } from '../instants.js';
import type { ColumnValue, Condition, GroupedCount, Query, ViewDeclaration } from '../read-models.js';
import { declared, isLive, matchesAll, matchesQuery } from './conditions.js';
import type { Rows } from './stored.js';

type Pipeline = mongo.BSON.Document[];

/** @throws RangeError  a column that is not declared */
export const countPipeline = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
  groupBy: readonly string[],
): Pipeline => {
  const paths = groupBy.map((name) => `columns.${declared(view.columns, name)}`);
  return [{ $match: matchesQuery(view, query) }, grouping(paths)];
};

/** @throws RangeError  `at` is no instant, a column is not declared, or the view keeps no intervals */
export const countAsOfPipeline = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  at: string,
  where: Readonly<Record<string, Condition>>,
  groupBy: readonly string[],
): Pipeline => {
  if (view.intervals === undefined) throw new RangeError(`${view.name} keeps no intervals`);
  const { columns } = view.intervals;
  const asked = matchesAll(columns, where, 'intervals.values');
  const paths = groupBy.map((name) => `intervals.values.${declared(columns, name)}`);
  const instant = toMilliseconds(at);
  const holds = { 'intervals.from': { $lte: instant }, 'intervals.to': { $gt: instant } };
  return [
    { $match: isLive },
    { $project: { intervals: 1 } },
    { $unwind: '$intervals' },
    { $match: { ...holds, ...asked } },
    grouping(paths),
  ];
};

/** Groups are told apart by position, so that no declared name meets an operator. */
const grouping = (paths: readonly string[]): mongo.BSON.Document => ({
  $group: {
    _id: paths.length === 0 ? null : Object.fromEntries(paths.map((path, i) => [`g${i}`, `$${path}`])),
    count: { $sum: 1 },
  },
});

interface Group {
  readonly _id: Readonly<Record<string, ColumnValue>> | null;
  readonly count: number;
}

export const counted = async (
  collection: Rows,
  pipeline: Pipeline,
  groupBy: readonly string[],
): Promise<GroupedCount[]> => {
  const groups = await collection.aggregate<Group>(pipeline, { allowDiskUse: true }).toArray();
  const counts = groups.map(({ _id, count }) => ({
    group: Object.fromEntries(groupBy.map((name, i) => [name, _id?.[`g${i}`] ?? null])),
    count,
  }));
  return counts.length === 0 && groupBy.length === 0 ? [{ group: {}, count: 0 }] : counts;
};
