import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { CaseCommand } from './case.commands.js';
import { caseDecider, decide } from './case.decide.js';
import type { StoredCaseEvent } from './case.events.js';
import * as the from './case.examples.js';
import { clocks } from './case.readers.js';

const small = fc.integer({ min: 0, max: 6 });
const order = fc.integer({ min: 1, max: 2 });
const acting = fc.constantFrom(the.asStaff, the.asReporter, the.asStranger);
const at = fc.integer({ min: -20, max: 90 });
const parents = fc.constantFrom(the.parent, the.other, the.number);
const announcements = fc.constantFrom(null, 'n-1', 'n-2');
const services = fc.constantFrom('lights:outage', 'a', 'b');
const routes = fc.constantFrom(the.byRule, the.toTriage, the.outside);

const anyCommand: fc.Arbitrary<CaseCommand> = fc.oneof(
  fc.constant(the.open()),
  fc.tuple(routes, small).map(([to, decision]) => the.route(to, decision)),
  fc.constantFrom('a', 'b').map((serviceCode) => the.reclassify(serviceCode)),
  fc.tuple(small, order, fc.constantFrom('PWDx', 'INFO')).map((args) => the.handBack(...args)),
  fc.tuple(parents, announcements, services).map(([parent, announcement, serviceCode]) =>
    the.link({ parent, seen: { announcement, serviceCode } }),
  ),
  fc.tuple(parents, fc.constantFrom('n-1', 'n-2'), services, fc.boolean()).map(([follower, announcementId, serviceCode, mayJoin]) =>
    the.announce({ follower, announcementId, serviceCode, mayJoin }),
  ),
  fc.tuple(parents, parents).map(([from, to]) => the.move({ from, to })),
  fc.tuple(at, parents).map(([minute, parent]) => the.reopenWithParent({ reopenedAt: the.minute(minute), parent })),
  fc.tuple(parents, small).map(([parent, parentRevision]) => the.parentNews({ parent, parentRevision })),
  parents.map((parent) => the.unlink({ parent })),
  fc.constantFrom('MBTA', 'DCR').map(the.refer),
  fc
    .tuple(fc.constantFrom(the.schedule, the.start, the.pause, the.resume), small, order)
    .map(([make, revision, workOrder]) => make(revision, workOrder)),
  fc.tuple(at, fc.boolean()).map(([minute, imported]) => the.close({ closedAt: the.minute(minute), imported })),
  fc.tuple(at, small, order).map(([minute, revision, workOrder]) =>
    the.close({ closedAt: the.minute(minute), ...the.byOrder(revision, workOrder) }),
  ),
  fc.tuple(at, parents).map(([minute, parent]) => the.closeWithParent({ closedAt: the.minute(minute), parent })),
  fc.tuple(acting, at, fc.boolean()).map((args) => the.reopen(...args)),
  acting.map(the.withdraw),
  fc.tuple(fc.constantFrom('m-1', 'm-2'), fc.constantFrom('public', 'internal'), acting).map((args) => the.comment(...args)),
  fc.tuple(fc.constantFrom('p', 'q'), acting).map((args) => the.photo(...args)),
  fc.constantFrom('k1', 'k2').map(the.erase),
); // prettier-ignore

const commands = fc.array(anyCommand, { maxLength: 40 }).map((rest) => [the.open(), ...rest]);
const settings = { seed: 311, numRuns: 500 };

const run = (given: readonly CaseCommand[]) => {
  let state = caseDecider.initialState;
  const events: StoredCaseEvent[] = [];
  for (const command of given) {
    const decision = decide(command, state);
    if (decision.outcome === 'refused') continue;
    events.push(...decision.events);
    state = decision.events.reduce(caseDecider.evolve, state);
  }
  return { state, events };
};

describe('any sequence of commands', () => {
  it('leaves a state that a replay of its events, stored as JSON, gives again', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const { state, events } = run(given);
        expect(fold(caseDecider, JSON.parse(JSON.stringify(events)) as typeof events)).toEqual(state);
      }),
      settings,
    );
  });

  it('changes nothing when the last command is decided twice', () => {
    fc.assert(
      fc.property(commands, anyCommand, (given, last) => {
        const { state } = run([...given, last]);
        const decision = decide(last, state);
        if (decision.outcome === 'accepted') expect(decision.events).toEqual([]);
      }),
      settings,
    );
  });

  it('never reaches an illegal state', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const { state, events } = run(given);
        if (state.status === 'not-opened') throw new Error('the opening was lost');
        const all = clocks(events);
        const last = all.at(-1);
        expect(all).toHaveLength(1 + events.filter(({ type }) => type === 'CaseReopened').length);
        // Every clock but the last has stopped; the last one has exactly where the case is closed.
        expect(all.slice(0, -1).every(({ closedAt }) => closedAt !== null)).toBe(true);
        expect(last?.closedAt !== null).toBe(state.status === 'closed');
        expect(last).toMatchObject({
          ...state.clock,
          closedAt: state.status === 'closed' ? state.closedAt : null,
        });
        for (const { closedAt, dueAt, onTime } of all) {
          if (closedAt !== null)
            expect(onTime).toBe(dueAt === null || Date.parse(closedAt) <= Date.parse(dueAt));
        }
        expect(state.parent).not.toBe(state.caseNumber);
        expect(new Set(state.commentIds).size).toBe(state.commentIds.length);
        expect(new Set(state.photos).size).toBe(state.photos.length);
        if (state.status === 'closed' && state.followedParent !== null) {
          expect(state.parent).toBe(state.followedParent);
        }
      }),
      settings,
    );
  });

  it('ends for good when the reporter withdraws: nothing but an erasure follows', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const types = run(given).events.map(({ type }) => type);
        const end = types.indexOf('CaseWithdrawn');
        if (end < 0) return;
        expect(
          types.slice(end + 1).filter((type) => type !== 'SubjectErased' && type !== 'CaseUnlinked'),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it('follows the revisions of each work order upwards only', () => {
    fc.assert(
      fc.property(commands, (given) => {
        const last = new Map<string, number>();
        for (const { data } of run(given).events) {
          const step = 'workOrder' in data ? data.workOrder : 'workOrderRevision' in data ? data : undefined;
          if (step === undefined) continue;
          expect(step.workOrderRevision).toBeGreaterThan(last.get(step.workOrderId) ?? -1);
          last.set(step.workOrderId, step.workOrderRevision);
        }
      }),
      settings,
    );
  });
});
