import { describe, expect, it } from '@jest/globals';
import type { PublicEvent } from '@city311/kernel';
import type { Query, View } from '@city311/read-models';

import { sampleEvent, samplePosition, sampleProjection, sampleTime, type SampleDoc } from './sample-view.js';
import type { MakeViewStore } from './view-store.contract.js';
import { withStore } from './with-store.js';

const departments = ['PWD', 'BTD', null, 'ISD'];

/** 40 cases, one opened a minute, two of each kind sharing the minute; every third closed. */
const city: readonly PublicEvent[] = Array.from({ length: 40 }, (_, i) => {
  const number = `c${String(i).padStart(2, '0')}`;
  const data = {
    title: `Report ${i} of a ${i % 2 === 0 ? 'Pothole' : 'Café light'}`,
    department: departments[i % 4] ?? null,
    urgent: i % 5 === 0,
    ...(i % 4 === 3 ? {} : { latitude: 42 + i / 100, longitude: -71 - i / 100 }),
  };
  const opened = sampleEvent('opened', number, 0, data, Math.floor(i / 2));
  return i % 3 === 0 ? [opened, sampleEvent('closed', number, 1, {}, 100 + i)] : [opened];
}).flat();

const filled = async (
  makeStore: MakeViewStore,
  test: (view: View<SampleDoc>) => Promise<void>,
): Promise<void> =>
  withStore(makeStore, async (store) => {
    const { view } = await store.open(sampleProjection());
    await view.apply(city, samplePosition(100));
    await test(view);
  });

const numbers = async (view: View<SampleDoc>, query: Query): Promise<string[]> =>
  (await view.find({ limit: 1000, ...query })).items.map((doc) => doc.number);

const everyPage = async (view: View<SampleDoc>, query: Query): Promise<string[]> => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: readonly SampleDoc[]; next: string | null } = await view.find({
      ...query,
      ...(cursor === null ? {} : { cursor }),
    });
    seen.push(...page.items.map((doc) => doc.number));
    cursor = page.next;
  } while (cursor !== null);
  return seen;
};

export const describeQuerying = (makeStore: MakeViewStore): void => {
  describe('querying', () => {
    it('filters by value, list, range, absence and negation', () =>
      filled(makeStore, async (view) => {
        expect(await numbers(view, { where: { status: 'closed', department: 'PWD' } })).toEqual([
          'c00', 'c12', 'c24', 'c36',
        ]); // prettier-ignore
        expect(await numbers(view, { where: { department: null } })).toHaveLength(10);
        expect(await numbers(view, { where: { department: { in: ['PWD', null] } } })).toHaveLength(20);
        expect(await numbers(view, { where: { department: { in: [] } } })).toEqual([]);
        expect(await numbers(view, { where: { department: { not: 'PWD' } } })).toHaveLength(30);
        expect(await numbers(view, { where: { department: { not: null } } })).toHaveLength(30);
        expect(await numbers(view, { where: { urgent: true } })).toHaveLength(8);
        const many = Array.from({ length: 500 }, (_, i) => `D${i}`);
        expect(await numbers(view, { where: { department: { in: [...many, 'ISD'] } } })).toHaveLength(10);
        const range = { gte: sampleTime(3), lt: sampleTime(5) };
        expect(await numbers(view, { where: { openedAt: range } })).toEqual(['c06', 'c07', 'c08', 'c09']);
        const edge = { gt: sampleTime(3), lte: sampleTime(4) };
        expect(await numbers(view, { where: { openedAt: edge } })).toEqual(['c08', 'c09']);
      }));

    it('takes all conditions of one of several sets', () =>
      filled(makeStore, async (view) => {
        const anyOf = [{ department: 'PWD', urgent: true }, { openedAt: sampleTime(1) }];
        expect(await numbers(view, { anyOf })).toEqual(['c00', 'c02', 'c03', 'c20']);
        expect(await numbers(view, { anyOf, where: { status: 'open' } })).toEqual(['c02', 'c20']);
        expect(await numbers(view, { anyOf: [] })).toEqual([]);
      }));

    it('finds what lies within an area, its edges included, and nothing that has no place', () =>
      filled(makeStore, async (view) => {
        const box = { south: 42.04, north: 42.08, west: -71.08, east: -71.05 };
        expect(await numbers(view, { within: box })).toEqual(['c05', 'c06', 'c08']);
        const across = { south: 42, north: 43, west: 170, east: -71.37 };
        expect(await numbers(view, { within: across })).toEqual(['c37', 'c38']);
      }));

    it('finds words whatever their case and accents, in any order, all of them', () =>
      filled(makeStore, async (view) => {
        expect(await numbers(view, { search: 'POTHOLE' })).toHaveLength(20);
        expect(await numbers(view, { search: 'light cafe' })).toHaveLength(20);
        expect(await numbers(view, { search: 'pothole café' })).toEqual([]);
        expect(await numbers(view, { search: 'pot' })).toEqual([]);
        expect(await numbers(view, { search: 'report 7', where: { status: 'open' } })).toEqual(['c07']);
      }));

    it.each([
      '" OR 1=1 --', 'pothole" OR "light', 'NEAR(pothole light)', 'pothole*', 'words:pothole', '^pothole', '-pothole',
      "'); DROP TABLE samples; --", '{$where: 1}', '((((', 'pothole AND light', '\u0000', '\ud800', '🕳️', 'שלום',
      ' \n\t', 'a'.repeat(200), '%', '_', '\\',
    ])('takes %j as nothing but text', (search) =>
      filled(makeStore, async (view) => {
        const found = await numbers(view, { search });
        expect(found.length === 0 || /^\W*pothole\W*$/.test(search)).toBe(true);
        expect(await numbers(view, { where: { department: search } })).toEqual([]);
      }),
    ); // prettier-ignore

    it('orders by several columns in both directions, null lowest, ties by key', () =>
      filled(makeStore, async (view) => {
        const ascending = await numbers(view, { orderBy: [{ column: 'department', direction: 'asc' }] });
        expect(ascending.slice(0, 2)).toEqual(['c02', 'c06']);
        const descending = await numbers(view, { orderBy: [{ column: 'department', direction: 'desc' }] });
        expect(descending).toEqual([...ascending].reverse());
        const mixed = await numbers(view, {
          where: { department: { in: ['BTD', null] } },
          orderBy: [
            { column: 'department', direction: 'desc' },
            { column: 'openedAt', direction: 'asc' },
          ],
        });
        expect([mixed[0], mixed[9], mixed[10], mixed[19]]).toEqual(['c01', 'c37', 'c02', 'c38']);
      }));

    it.each<Query>([
      {},
      { orderBy: [{ column: 'openedAt', direction: 'desc' }] },
      { orderBy: [{ column: 'department', direction: 'asc' }] },
      { orderBy: [{ column: 'department', direction: 'desc' }], where: { status: 'open' } },
      {
        orderBy: [
          { column: 'urgent', direction: 'desc' },
          { column: 'department', direction: 'asc' },
          { column: 'latitude', direction: 'desc' },
        ],
      },
      { orderBy: [{ column: 'steps', direction: 'asc' }], search: 'pothole' },
    ])('gives on pages what it gives at once: %j', (query) =>
      filled(makeStore, async (view) => {
        const whole = await numbers(view, query);
        for (const limit of [1, 3, 7, whole.length]) {
          expect(await everyPage(view, { ...query, limit })).toEqual(whole);
        }
        const streamed: string[] = [];
        for await (const doc of view.stream(query)) streamed.push(doc.number);
        expect(streamed).toEqual(whole);
      }),
    );

    it('keeps its place while documents come and go', () =>
      filled(makeStore, async (view) => {
        const query: Query = { orderBy: [{ column: 'openedAt', direction: 'asc' }], limit: 10 };
        const first = await view.find(query);
        expect(first.items.at(-1)?.number).toBe('c09');
        await view.apply(
          [
            sampleEvent('opened', 'c001', 0, { title: 'Before the place' }, 0),
            sampleEvent('opened', 'c999', 0, { title: 'After it' }, 5),
            sampleEvent('erased', 'c09', 7),
            sampleEvent('erased', 'c10', 7),
          ],
          samplePosition(101),
        );
        const second = await view.find({ ...query, cursor: first.next ?? '' });
        expect(second.items.map((doc) => doc.number).slice(0, 3)).toEqual(['c11', 'c999', 'c12']);
      }));

    it('refuses a cursor of another query, a broken one, an odd limit and names that are not declared', () =>
      filled(makeStore, async (view) => {
        const { next } = await view.find({ limit: 1, where: { status: 'open' } });
        const cursor = next ?? '';
        await expect(view.find({ limit: 1, where: { status: 'closed' }, cursor })).rejects.toThrow(
          RangeError,
        );
        await expect(view.find({ cursor })).rejects.toThrow(RangeError);
        for (const broken of ['', 'x', 'W10', 'bnVsbA', cursor.slice(2)]) {
          await expect(view.find({ where: { status: 'open' }, cursor: broken })).rejects.toThrow(RangeError);
        }
        for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) {
          await expect(view.find({ limit })).rejects.toThrow(RangeError);
        }
        for (const column of ['nothing', 'key; DROP TABLE x', '__proto__', 'constructor', 'doc']) {
          await expect(view.find({ where: { [column]: 1 } })).rejects.toThrow(RangeError);
          await expect(view.find({ orderBy: [{ column, direction: 'asc' }] })).rejects.toThrow(RangeError);
          await expect(view.count({}, [column])).rejects.toThrow(RangeError);
          await expect(view.countAsOf(sampleTime(1), {}, [column])).rejects.toThrow(RangeError);
        }
        await expect(view.countAsOf('yesterday', {}, [])).rejects.toThrow(RangeError);
      }));

    it('counts all and by groups, with every kind of filter', () =>
      filled(makeStore, async (view) => {
        expect(await view.count({})).toEqual([{ group: {}, count: 40 }]);
        const byStatus = await view.count({}, ['status', 'urgent']);
        expect(byStatus).toHaveLength(4);
        expect(byStatus).toContainEqual({ group: { status: 'closed', urgent: true }, count: 3 });
        const byDepartment = await view.count({ search: 'pothole', where: { status: 'open' } }, [
          'department',
        ]);
        expect(new Map(byDepartment.map(({ group, count }) => [group['department'], count]))).toEqual(
          new Map([['PWD', 6], [null, 7]]),
        ); // prettier-ignore
        expect(await view.count({ where: { status: 'lost' } }, ['department'])).toEqual([]);
      }));

    it('counts the intervals that hold at an instant: from inclusive, to exclusive', () =>
      filled(makeStore, async (view) => {
        const open = { status: 'open' };
        expect(await view.countAsOf(sampleTime(-1), open, [])).toEqual([{ group: {}, count: 0 }]);
        expect(await view.countAsOf(sampleTime(0), open, [])).toEqual([{ group: {}, count: 2 }]);
        expect(await view.countAsOf(sampleTime(99), open, [])).toEqual([{ group: {}, count: 40 }]);
        expect(await view.countAsOf(sampleTime(100), open, [])).toEqual([{ group: {}, count: 39 }]);
        const later = await view.countAsOf(sampleTime(500), {}, ['status', 'urgent']);
        expect(later).toContainEqual({ group: { status: 'closed', urgent: true }, count: 3 });
        expect(later.reduce((sum, { count }) => sum + count, 0)).toBe(40);
        await view.apply([sampleEvent('moved', 'c01', 3, { department: 'ISD' }, 600)], samplePosition(102));
        expect(await view.countAsOf(sampleTime(599), { department: 'ISD' }, [])).toEqual([
          { group: {}, count: 10 },
        ]);
        expect(await view.countAsOf(sampleTime(600), { department: 'ISD' }, [])).toEqual([
          { group: {}, count: 11 },
        ]);
      }));

    it('follows a document through changes of its columns and words', () =>
      filled(makeStore, async (view) => {
        await view.apply(
          [
            sampleEvent('moved', 'c05', 1, { department: null }),
            sampleEvent('opened', 'c06', 2, { title: 'Fallen tree' }),
          ],
          samplePosition(101),
        );
        expect(await numbers(view, { where: { department: null, urgent: true } })).toContain('c05');
        expect(await numbers(view, { search: 'tree' })).toEqual(['c06']);
        expect(await numbers(view, { search: 'pothole' })).toHaveLength(19);
      }));
  });
};
