import { describe, expect, it } from '@jest/globals';

import { fold, type CaseNumber } from '@city311/kernel';

import type { CaseCommand } from '../case/case.commands.js';
import { caseDecider } from '../case/case.decide.js';
import type { StoredCaseEvent } from '../case/case.events.js';
import * as the from '../case/case.examples.js';
import type { Case } from '../case/case.state.js';
import { followerStep, type FollowerFacts } from './follower-step.js';

/** The state of `caseNumber` after these commands. */
const stateOf = (caseNumber: CaseNumber, ...commands: readonly CaseCommand[]): Case => {
  const events: StoredCaseEvent[] = [];
  for (const command of commands) {
    const own = { ...command, data: { ...command.data, caseNumber } } as CaseCommand;
    const decision = caseDecider.decide(own, fold(caseDecider, events));
    if (decision.outcome === 'refused') throw new Error(`${command.type}: ${decision.refusal.code}`);
    events.push(...decision.events);
  }
  return fold(caseDecider, events);
};
const { number, parent, other } = the;
const at = the.minute(20);
const facts: FollowerFacts = {
  parent,
  root: null,
  isParentShown: true,
  mayJoin: true,
  at,
  dueAtIfReopened: the.minute(90),
  imported: false,
};

const closedWith = the.closeWithParent();
const children: Readonly<Record<string, Case>> = {
  'was never opened': stateOf(number),
  'follows nobody': stateOf(number, the.open()),
  'follows another': stateOf(number, the.open(), the.link({ parent: other })),
  'is open': stateOf(number, the.open(), the.route(), the.link()),
  'was closed with it': stateOf(number, the.open(), the.link(), closedWith),
  'was closed for itself': stateOf(number, the.open(), the.link(), the.close()),
  'was withdrawn': stateOf(number, the.open(), the.link(), the.withdraw()),
};
const parents: Readonly<Record<string, Case>> = {
  'does not exist': stateOf(parent),
  'is open': stateOf(parent, the.open(), the.route()),
  'waits in triage': stateOf(parent, the.open(), the.route(the.toTriage)),
  'is referred': stateOf(parent, the.open(), the.refer()),
  'is closed': stateOf(parent, the.open(), the.close()),
  'was closed as a duplicate': stateOf(parent, the.open(), the.close({ outcome: 'duplicate' })),
  'was reopened': stateOf(parent, the.open(), the.close(), the.reopen()),
  'was withdrawn': stateOf(parent, the.open(), the.withdraw()),
  'follows another': stateOf(parent, the.open(), the.link({ parent: other })),
  'is of another trouble': stateOf(parent, the.open(), the.reclassify()),
};
const root = { caseNumber: other, revision: 4, isShown: true };
const factsOf = (parentIs: string): FollowerFacts => ({
  ...facts,
  root: parentIs === 'follows another' ? root : null,
  mayJoin: parentIs !== 'is of another trouble',
});

/** What is done, with the news that it brings; what is not named here is left as it is. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'is open': {
    'does not exist': 'UnlinkCase',
    'is closed': 'CloseWithParent closed',
    'was closed as a duplicate': 'CloseWithParent closed',
    'was withdrawn': 'UnlinkCase withdrawn',
    'follows another': 'MoveToParent joined',
    'is of another trouble': 'UnlinkCase reclassified',
  },
  'was closed with it': {
    'does not exist': 'UnlinkCase',
    'is open': 'ReopenWithParent reopened',
    'waits in triage': 'ReopenWithParent reopened',
    'is referred': 'ReopenWithParent reopened',
    'was reopened': 'ReopenWithParent reopened',
    'was withdrawn': 'UnlinkCase withdrawn',
    // Open again, it is looked at anew.
    'follows another': 'ReopenWithParent reopened',
    'is of another trouble': 'ReopenWithParent reopened',
  },
};
const table = Object.keys(children).flatMap((child) =>
  Object.keys(parents).map(
    (parentIs) => [child, parentIs, expected[child]?.[parentIs] ?? 'nothing'] as const,
  ),
);

const said = (child: Case | undefined, parentIs: Case | undefined, given: FollowerFacts): string => {
  if (child === undefined || parentIs === undefined) return 'unknown';
  const command = followerStep(child, parentIs, given);
  if (command === null) return 'nothing';
  const { parentNews } = command.data;
  return parentNews === undefined ? command.type : `${command.type} ${parentNews.kind}`;
};

describe('followerStep', () => {
  it.each(table)('where the follower %s and its parent %s: %s', (child, parentIs, done) => {
    expect(said(children[child], parents[parentIs], factsOf(parentIs))).toBe(done);
  });

  it('gives a command that the follower takes, and none after it that it gave before', () => {
    for (const [child, state] of Object.entries(children)) {
      for (const [parentIs, parentState] of Object.entries(parents)) {
        const given = factsOf(parentIs);
        const command = followerStep(state, parentState, given);
        if (command === null) continue;
        const decision = caseDecider.decide(command, state);
        if (decision.outcome === 'refused')
          throw new Error(`${child}, ${parentIs}: ${decision.refusal.code}`);
        const next = followerStep(fold(caseDecider, decision.events, state), parentState, given);
        expect([child, parentIs, next?.type]).not.toEqual([child, parentIs, command.type]);
      }
    }
  });

  it('names a parent that may be shown, with its words, and nothing of another', () => {
    for (const [parentIs, state] of Object.entries(parents)) {
      for (const child of Object.values(children)) {
        const given = factsOf(parentIs);
        const news = followerStep(child, state, given)?.data.parentNews;
        if (news === undefined) continue;
        expect(news).toMatchObject({ shown: { parent } });
        expect(followerStep(child, state, { ...given, isParentShown: false })?.data.parentNews).toEqual({
          kind: news.kind,
        });
      }
    }
    const said = stateOf(parent, the.open(), the.close({ text: the.words }));
    expect(followerStep(children['is open'] ?? said, said, facts)?.data.parentNews).toEqual({
      kind: 'closed',
      shown: { parent, outcome: 'resolved', outcomeLabel: 'Case Resolved', text: the.words.redacted },
    });
  });

  it('hides a case to which the parent has moved where that one may not be shown', () => {
    const [child, moved] = [children['is open'], parents['follows another']];
    if (child === undefined || moved === undefined) throw new Error('no such example');
    for (const isShown of [true, false])
      expect(followerStep(child, moved, { ...facts, root: { ...root, isShown } })?.data).toMatchObject({
        to: other,
        parentHidden: !isShown,
        parentRevision: 4,
      });
  });

  it('says nothing of the parent where it was the follower that was given another service', () => {
    const moved = stateOf(number, the.open(), the.link(), the.reclassify());
    const parentIs = stateOf(parent, the.open());
    expect(said(moved, parentIs, { ...facts, mayJoin: false })).toBe('UnlinkCase');
  });

  it('never dates what it does before what it follows upon', () => {
    const early = { ...facts, at: the.minute(1) };
    const closed = stateOf(parent, the.open(), the.close());
    const child = children['was closed with it'];
    if (child === undefined) throw new Error('no such example');
    expect(followerStep(children['is open'] ?? child, closed, early)?.data).toMatchObject({
      closedAt: the.minute(10),
    });
    expect(followerStep(child, parents['is open'] ?? child, early)?.data).toMatchObject({
      reopenedAt: the.minute(10),
    });
    expect(followerStep(child, parents['was withdrawn'] ?? child, early)?.data).toMatchObject({
      unlinkedAt: the.minute(10),
    });
  });

  describe('where parents go round', () => {
    const follows = (caseNumber: CaseNumber, whom: CaseNumber): Case =>
      stateOf(caseNumber, the.open(), the.link({ parent: whom }));
    const step = (who: CaseNumber, whom: CaseNumber, whomFollows: CaseNumber, free: CaseNumber): string =>
      said(follows(who, whom), follows(whom, whomFollows), {
        ...facts,
        parent: whom,
        root: { caseNumber: free, revision: 1, isShown: true },
      });
    // The smallest number of the three is `other`, the greatest `number`.
    it('the case of the smallest number goes free', () => {
      expect(step(other, parent, other, other)).toBe('UnlinkCase');
      expect(step(other, parent, number, other)).toBe('UnlinkCase');
    });
    it('whoever follows that one stays, and all others go to it', () => {
      expect(step(parent, other, parent, other)).toBe('nothing');
      expect(step(number, other, parent, other)).toBe('nothing');
      expect(step(number, parent, other, other)).toBe('MoveToParent joined');
    });
  });
});
