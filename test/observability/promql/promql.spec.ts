import { describe, expect, it } from '@jest/globals';

import { parseMetrics, type Scrape } from '../scrape.js';
import { evaluate } from './evaluate.js';
import { metricsOf, parsePromql } from './syntax.js';

const scrapeOf = (at: number, text: string): Scrape => ({ at, samples: parseMetrics(text) });
const ask = (query: string, ...scrapes: readonly Scrape[]) => evaluate(parsePromql(query), scrapes);
const valueOf = (query: string, ...scrapes: readonly Scrape[]) =>
  ask(query, ...scrapes).map(({ value }) => value);

const before = scrapeOf(
  0,
  `# TYPE sent_total counter
sent_total{outcome="sent"} 10
sent_total{outcome="failed"} 0
took_bucket{le="0.1"} 0
took_bucket{le="1"} 0
took_bucket{le="+Inf"} 0
depth{group="a"} 1
depth{group="b"} 0`,
);
const after = scrapeOf(
  60,
  `sent_total{outcome="sent"} 40
sent_total{outcome="failed"} 6
sent_total{outcome="new"} 6
took_bucket{le="0.1"} 50
took_bucket{le="1"} 100
took_bucket{le="+Inf"} 100
depth{group="a"} 7
depth{group="b"} 3`,
);

describe('A query', () => {
  it('answers with the newest samples that its matchers take', () => {
    expect(ask('depth', before, after)).toEqual([
      { labels: { group: 'a' }, value: 7 },
      { labels: { group: 'b' }, value: 3 },
    ]);
    expect(valueOf('depth{group=~"a|c"}', after)).toEqual([7]);
    expect(valueOf('depth{group!="a"}', after)).toEqual([3]);
    expect(valueOf('depth{group!~"b.*"}', after)).toEqual([7]);
  });

  it('lets through what a comparison holds for, and nothing where there is nothing', () => {
    expect(valueOf('depth > 5', after)).toEqual([7]);
    expect(valueOf('depth > 5', before)).toEqual([]);
    expect(valueOf('missing > 5', after)).toEqual([]);
  });

  it('counts growth between the first and last scrape of a range; a series that is new has none yet', () => {
    expect(ask('increase(sent_total[5m])', before, after)).toEqual([
      { labels: { outcome: 'sent' }, value: 30 },
      { labels: { outcome: 'failed' }, value: 6 },
    ]);
    expect(valueOf('rate(sent_total{outcome="sent"}[5m])', before, after)).toEqual([0.5]);
    expect(valueOf('increase(sent_total[30s])', before, after)).toEqual([]);
  });

  it('takes a counter that became smaller for one that started anew', () => {
    const anew = scrapeOf(120, 'sent_total{outcome="sent"} 4');
    expect(valueOf('increase(sent_total[5m])', after, anew)).toEqual([4]);
  });

  it('sums, and takes the largest, by label or over all', () => {
    expect(valueOf('sum(depth)', after)).toEqual([10]);
    expect(ask('max by (group) (depth)', after)).toHaveLength(2);
    expect(valueOf('max(depth)', after)).toEqual([7]);
    expect(valueOf('count(depth > 5)', after)).toEqual([1]);
  });

  it('finds quantiles within buckets', () => {
    expect(valueOf('histogram_quantile(0.5, sum by (le) (rate(took_bucket[5m])))', before, after)).toEqual([
      0.1,
    ]);
    expect(
      valueOf('histogram_quantile(0.75, sum by (le) (rate(took_bucket[5m])))', before, after)[0],
    ).toBeCloseTo(0.55);
  });

  it('calculates with the usual precedence, and joins conditions', () => {
    expect(valueOf('1 + 2 * 3')).toEqual([7]);
    expect(valueOf('(1 + 2) * 3')).toEqual([9]);
    expect(valueOf('sum(depth) / 2 > 4 and sum(depth) < 11', after)).toEqual([5]);
    expect(valueOf('depth unless depth > 5', after)).toEqual([3]);
    expect(valueOf('depth > 5 or depth < 4', after)).toEqual([7, 3]);
    expect(valueOf('clamp_min(sum(depth), 20)', after)).toEqual([20]);
  });

  it('tells which metrics it reads', () => {
    expect(metricsOf(parsePromql('sum(rate(a_total[5m])) / sum by (x) (b{y="z"}) > 1 unless c'))).toEqual([
      'a_total',
      'b',
      'c',
    ]);
  });

  it.each(['depth >', 'rate(depth)', 'quantile_over_time(0.5, depth[5m])', 'sum(depth', '}', 'depth[5m]'])(
    'is refused where it is wrong, or none of ours: %s',
    (query) => {
      expect(() => ask(query, before, after)).toThrow();
    },
  );
});
