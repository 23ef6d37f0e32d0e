import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { WorkOrderCommand } from '@city311/domain-departments';
import type { ProtectedText } from '@city311/kernel';

import { circlesIn } from './in-log.js';
import { BrokenLogError } from './memory-log.js';
import { boston, SmallCity } from './small-city.js';

const seed = Number(process.env['STRANDED_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['STRANDED_RUNS'] ?? 1_000);

const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
const waterPothole = 'Boston Water & Sewer Commission:Pothole:BWSC Pothole';
const light = 'Public Works Department:Street Lights:Street Light Outages';

/** Whoever asked for it is told that it failed; what it did stays done. */
const unlessBroken = (error: unknown): void => {
  if (!(error instanceof BrokenLogError)) throw error;
};

type Op = (city: SmallCity) => Promise<unknown>;
/** Something that is done, with its name, so that a failing run can be read. */
interface Named {
  readonly says: string;
  readonly op: Op;
}

const which = fc.nat({ max: 3 });
const service = fc.constantFrom(pothole, pothole, waterPothole, light);
const words = { original: 'p1.k.bw' as ProtectedText, redacted: 'p1.k.cg' as ProtectedText };
const queue = boston.triageQueue('handedBack');

const about = (
  name: string,
  op: (city: SmallCity, caseNumber: SmallCity['numbers'][number]) => Promise<unknown>,
): fc.Arbitrary<Named> =>
  which.map((index) => ({
    says: `${name} ${index}`,
    op: async (city) => {
      const caseNumber = city.numbers[index];
      if (caseNumber !== undefined) await op(city, caseNumber);
    },
  }));

const join: fc.Arbitrary<Named> = fc.tuple(which, which).map(([child, parent]) => ({
  says: `join ${child} to ${parent}`,
  op: async (city) => {
    const [one, other] = [city.numbers[child], city.numbers[parent]];
    if (one !== undefined && other !== undefined) await city.join(one, other);
  },
}));

const joinAsBefore: fc.Arbitrary<Named> = fc.tuple(which, which).map(([child, parent]) => ({
  says: `join ${child} to ${parent} as it was done once`,
  op: async (city) => {
    const [one, other] = [city.numbers[child], city.numbers[parent]];
    if (one !== undefined && other !== undefined && one !== other) await city.linkAsBefore(one, other);
  },
}));

/** Minutes by which a clock is wrong. */
const skew = fc.constantFrom(0, 0, -600, 600);

const told: fc.Arbitrary<Named> = fc
  .tuple(which, fc.constantFrom('close', 'reopen'), skew)
  .map(([index, what, minutes]) => ({
    says: `an older system tells that ${index} was to ${what}, ${minutes} minutes off`,
    op: async (city) => {
      const caseNumber = city.numbers[index];
      if (caseNumber === undefined) return;
      const at = city.nowBy(minutes);
      await city.give(
        caseNumber,
        what === 'close'
          ? {
              type: 'CloseCase',
              data: {
                caseNumber,
                outcome: 'duplicate',
                outcomeLabel: 'Duplicate',
                media: [],
                closedAt: at,
                imported: true,
              },
            }
          : {
              type: 'ReopenCase',
              data: { caseNumber, reopenedAt: at, dueAt: null, imported: true, by: 'staff' },
            },
        true,
      );
    },
  }));

const unjoin: fc.Arbitrary<Named> = about('unlink', async (city, caseNumber) => {
  const parent = city.parentOf(caseNumber) as typeof caseNumber | null;
  if (parent === null) return;
  await city.give(caseNumber, {
    type: 'UnlinkCase',
    data: { caseNumber, parent, unlinkedAt: city.now(), dueAtIfReopened: null },
  });
});

const work = (name: string, command: (at: string) => WorkOrderCommand): fc.Arbitrary<Named> =>
  about(name, (city, caseNumber) => city.work(caseNumber, command(city.now())));

const reclassify: fc.Arbitrary<Named> = fc.tuple(which, service).map(([index, serviceCode]) => ({
  says: `reclassify ${index} as ${serviceCode}`,
  op: async (city) => {
    const caseNumber = city.numbers[index];
    if (caseNumber === undefined) return;
    await city.give(caseNumber, {
      type: 'ReclassifyCase',
      data: { caseNumber, serviceCode, definitionVersion: 1, dueAt: null, reclassifiedAt: city.now() },
    });
  },
}));

const moves: fc.Arbitrary<Named> = fc.oneof(
  { arbitrary: join, weight: 6 },
  { arbitrary: joinAsBefore, weight: 2 },
  told,
  unjoin,
  reclassify,
  reclassify,
  about('close', (city, caseNumber) =>
    city.give(caseNumber, {
      type: 'CloseCase',
      data: {
        caseNumber,
        outcome: 'resolved',
        outcomeLabel: '',
        media: [],
        closedAt: city.now(),
        imported: false,
      },
    }),
  ),
  about('reopen', (city, caseNumber) =>
    city.give(caseNumber, {
      type: 'ReopenCase',
      data: { caseNumber, reopenedAt: city.now(), dueAt: null, imported: false, by: 'staff' },
    }),
  ),
  about('reopen', (city, caseNumber) =>
    city.give(caseNumber, {
      type: 'ReopenCase',
      data: { caseNumber, reopenedAt: city.now(), dueAt: null, imported: false, by: 'staff' },
    }),
  ),
  about('withdraw', (city, caseNumber) =>
    city.give(caseNumber, {
      type: 'WithdrawCase',
      data: { caseNumber, withdrawnAt: city.now(), by: 'staff' },
    }),
  ),
  about('refer', (city, caseNumber) =>
    city.give(caseNumber, {
      type: 'ReferCase',
      data: { caseNumber, agency: 'MBTA', referredAt: city.now() },
    }),
  ),
  about('route by hand', (city, caseNumber) => city.routeByHand(caseNumber, queue.departmentId, queue.queue)),
  work('start the work of', (at) => ({ type: 'Start', data: { at } })),
  work('complete the work of', (at) => ({
    type: 'Complete',
    data: { at, outcome: 'resolved', outcomeLabel: '', media: [] },
  })),
  work('complete, by a clock that is late, the work of', (at) => ({
    type: 'Complete',
    data: {
      at: new Date(Date.parse(at) - 36_000_000).toISOString(),
      outcome: 'resolved',
      outcomeLabel: '',
      media: [],
    },
  })),
  work('hand back', (at) => ({ type: 'HandBack', data: { at, reason: words } })),
);

const pump: fc.Arbitrary<Named> = fc
  .tuple(fc.nat({ max: 4 }), which, fc.integer({ min: 1, max: 12 }))
  .map(([consumer, index, most]) => ({
    says: `consumer ${consumer} takes ${most} of ${index}`,
    op: (city) => city.pump(consumer, index, most),
  }));

const crash: fc.Arbitrary<Named> = fc
  .tuple(fc.nat({ max: 4 }), which, fc.integer({ min: 1, max: 9 }))
  .map(([consumer, index, by]) => ({
    says: `consumer ${consumer} takes the last ${by} of ${index} again`,
    op: (city) => {
      city.rewind(consumer, index, by);
      return Promise.resolve();
    },
  }));

const storm: fc.Arbitrary<Named> = fc.constant({
  says: 'the log breaks by chance',
  op: (city) => {
    city.log.storm();
    return Promise.resolve();
  },
});

const rest: fc.Arbitrary<Named> = fc.constant({ says: 'all come to rest', op: (city) => city.rest() });

const atOnce: fc.Arbitrary<Named> = fc
  .array(fc.oneof(moves, pump), { minLength: 2, maxLength: 4 })
  .map((all) => ({
    says: `at once: ${all.map(({ says }) => says).join('; ')}`,
    op: (city) => Promise.all(all.map(({ op }) => op(city).catch(unlessBroken))),
  }));

const history = fc.record({
  seed: fc.nat(),
  cases: fc.array(
    fc.record({
      service,
      located: fc.boolean(),
      visibility: fc.constantFrom('public' as const, 'public' as const, 'confidential' as const),
      imported: fc.constantFrom(false, false, true),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  steps: fc.array(
    fc.oneof(
      { arbitrary: moves, weight: 6 },
      { arbitrary: atOnce, weight: 3 },
      { arbitrary: pump, weight: 4 },
      crash,
      storm,
      rest,
    ),
    { maxLength: 24 },
  ),
});

describe(`Whatever happens to a few cases at once (STRANDED_SEED=${seed})`, () => {
  it(
    'no open case is stranded once all services have come to rest',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (given) => {
          const city = new SmallCity(given.seed);
          for (const { service: code, located, visibility, imported } of given.cases)
            await city.open(code, located, visibility, imported);
          for (const { op } of given.steps) await op(city).catch(unlessBroken);
          await city.rest();
          const breaches = city.breaches().map(({ says }) => says);
          if (breaches.length > 0) {
            const steps = given.steps.map(({ says }) => says);
            throw new Error([...breaches, '', ...steps, '', city.story()].join('\n'));
          }
        }),
        { seed, numRuns: runs },
      );
    },
    // Some 5 ms a history.
    60_000 + 100 * runs,
  );

  it('whoever joins whom at the same time, nobody is his own ancestor at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 2, maxLength: 5 }),
        async (turns, joins) => {
          const city = new SmallCity(turns);
          for (let left = 4; left > 0; left -= 1) await city.open(pothole, true, 'public');
          const numbers = city.numbers;
          await Promise.all([
            ...joins.map(([child, parent]) => {
              const [one, other] = [numbers[child], numbers[parent]];
              return one === undefined || other === undefined ? null : city.join(one, other);
            }),
            city.rest(),
          ]);
          expect(circlesIn(city.log.events)).toEqual([]);
          await city.rest();
          expect(city.breaches()).toEqual([]);
        },
      ),
      { seed, numRuns: Math.ceil(runs / 10) },
    );
  }, 600_000);
});
