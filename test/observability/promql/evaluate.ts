import type { Sample, Scrape } from '../scrape.js';
import type { AggregateName, BinaryOperator, CallName, Expression, Matcher } from './syntax.js';

type Labels = Readonly<Record<string, string>>;
interface Point {
  readonly labels: Labels;
  readonly value: number;
}
type Result = number | readonly Point[];

/**
 * What a query answers at the last of these scrapes. A counter is compared between the first scrape within a range
 * that showed it and the last one, without extrapolating to the range's ends; one that became smaller started anew.
 */
export const evaluate = (expression: Expression, scrapes: readonly Scrape[]): readonly Point[] => {
  const result = resultOf(expression, scrapes);
  return typeof result === 'number' ? [{ labels: {}, value: result }] : result;
};

const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));

const matches = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every(({ label, operator, value }) => {
    const own = labels[label] ?? '';
    const found = operator.includes('~') ? new RegExp(`^(?:${value})$`).test(own) : own === value;
    return operator.startsWith('!') ? !found : found;
  });

const select = (expression: Expression & { kind: 'selector' }, scrape: Scrape): readonly Sample[] =>
  scrape.samples.filter(
    ({ name, labels }) => name === expression.metric && matches(expression.matchers, labels),
  );

const lastOf = (scrapes: readonly Scrape[]): Scrape => {
  const last = scrapes.at(-1);
  if (last === undefined) throw new RangeError('nothing was scraped');
  return last;
};

const resultOf = (expression: Expression, scrapes: readonly Scrape[]): Result => {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'selector':
      if (expression.rangeSeconds !== null) throw new TypeError('a range stands in rate or increase only');
      return select(expression, lastOf(scrapes)).map(({ labels, value }) => ({ labels, value }));
    case 'call':
      return call(expression.function, expression.args, scrapes);
    case 'aggregate':
      return aggregate(expression.operator, expression.by, evaluate(expression.of, scrapes));
    case 'binary':
      return combine(
        expression.operator,
        resultOf(expression.left, scrapes),
        resultOf(expression.right, scrapes),
      );
  }
};

const call = (name: CallName, args: readonly Expression[], scrapes: readonly Scrape[]): readonly Point[] => {
  const [first, second] = args;
  switch (name) {
    case 'rate':
      return growth(first, scrapes, true);
    case 'increase':
      return growth(first, scrapes, false);
    case 'histogram_quantile':
      if (first?.kind !== 'number' || second === undefined) throw new TypeError('a quantile of what?');
      return quantiles(first.value, evaluate(second, scrapes));
    case 'clamp_min': {
      if (first === undefined || second?.kind !== 'number')
        throw new TypeError('clamp_min needs a vector and a number');
      const least = second.value;
      return evaluate(first, scrapes).map(({ labels, value }) => ({ labels, value: Math.max(least, value) }));
    }
  }
};

const growth = (
  of: Expression | undefined,
  scrapes: readonly Scrape[],
  perSecond: boolean,
): readonly Point[] => {
  if (of?.kind !== 'selector' || of.rangeSeconds === null) throw new TypeError('rate needs a range');
  const last = lastOf(scrapes);
  const since = last.at - of.rangeSeconds;
  const before = new Map<string, { readonly at: number; readonly value: number }>();
  for (const scrape of scrapes) {
    if (scrape.at < since || scrape === last) continue;
    for (const { labels, value } of select(of, scrape)) {
      const key = keyOf(labels);
      if (!before.has(key)) before.set(key, { at: scrape.at, value });
    }
  }
  return select(of, last).flatMap(({ labels, value }) => {
    const was = before.get(keyOf(labels));
    if (was === undefined) return [];
    const grown = value < was.value ? value : value - was.value;
    return [{ labels, value: perSecond ? grown / (last.at - was.at) : grown }];
  });
};

/** Linear within the bucket; what lies above the last bound is told as that bound. */
const quantiles = (quantile: number, buckets: readonly Point[]): readonly Point[] => {
  const groups = Map.groupBy(buckets, ({ labels: { le: _, ...others } }) => keyOf(others));
  return [...groups.values()].flatMap((group) => {
    const bounds = group
      .map(({ labels, value }) => ({
        upTo: labels['le'] === '+Inf' ? Infinity : Number(labels['le']),
        count: value,
      }))
      .sort((one, other) => one.upTo - other.upTo);
    const total = bounds.at(-1)?.count ?? 0;
    if (total === 0) return [];
    const rank = quantile * total;
    const at = bounds.findIndex(({ count }) => count >= rank);
    const bucket = bounds[at];
    const lower = bounds[at - 1] ?? { upTo: 0, count: 0 };
    if (bucket === undefined) return [];
    const { le: _, ...labels } = group[0]?.labels ?? {};
    const within = (rank - lower.count) / (bucket.count - lower.count || 1);
    const value = bucket.upTo === Infinity ? lower.upTo : lower.upTo + (bucket.upTo - lower.upTo) * within;
    return [{ labels, value }];
  });
};

const folds: Readonly<Record<AggregateName, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  count: (values) => values.length,
};

const aggregate = (
  name: AggregateName,
  by: readonly string[],
  points: readonly Point[],
): readonly Point[] => {
  const kept = (labels: Labels): Labels =>
    Object.fromEntries(by.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]])));
  const groups = Map.groupBy(points, ({ labels }) => keyOf(kept(labels)));
  return [...groups.values()].map((group) => ({
    labels: kept(group[0]?.labels ?? {}),
    value: folds[name](group.map(({ value }) => value)),
  }));
};

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};
const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
};

/** Vectors are matched by all their labels; a comparison lets through what it holds for. */
const combine = (operator: BinaryOperator, left: Result, right: Result): Result => {
  const calculate = arithmetic[operator];
  const holds = comparisons[operator];
  if (typeof left === 'number' && typeof right === 'number') {
    if (calculate === undefined) throw new TypeError(`${operator} of two numbers`);
    return calculate(left, right);
  }
  if (calculate === undefined && holds === undefined) return combineSets(operator, left, right);
  const of = (side: Result): ((labels: Labels) => number | undefined) => {
    if (typeof side === 'number') return () => side;
    const values = new Map(side.map(({ labels, value }) => [keyOf(labels), value]));
    return (labels) => values.get(keyOf(labels));
  };
  const points = typeof left === 'number' ? (right as readonly Point[]) : left;
  const [leftOf, rightOf] = [of(left), of(right)];
  return points.flatMap(({ labels, value }) => {
    const [one, other] = [leftOf(labels), rightOf(labels)];
    if (one === undefined || other === undefined) return [];
    if (calculate !== undefined) return [{ labels, value: calculate(one, other) }];
    return holds?.(one, other) === true ? [{ labels, value }] : [];
  });
};

const combineSets = (operator: BinaryOperator, left: Result, right: Result): readonly Point[] => {
  if (typeof left === 'number' || typeof right === 'number') throw new TypeError(`${operator} needs vectors`);
  const there = new Set(right.map(({ labels }) => keyOf(labels)));
  const here = new Set(left.map(({ labels }) => keyOf(labels)));
  if (operator === 'or') return [...left, ...right.filter(({ labels }) => !here.has(keyOf(labels)))];
  const wanted = operator === 'and';
  return left.filter(({ labels }) => there.has(keyOf(labels)) === wanted);
};
