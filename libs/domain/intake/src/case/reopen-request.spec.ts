import { describe, expect, it } from '@jest/globals';

import type { CaseNumber } from '@city311/kernel';

import type { ReopenCase } from './case.commands.js';
import { caseDecider } from './case.decide.js';
import type { Case, OpenedCase } from './case.state.js';

const closedAt = '2026-01-02T00:00:00.000Z';
const reopenedAt = '2026-01-03T00:00:00.000Z';
const caseNumber = '260000000004' as CaseNumber;

const closed: OpenedCase = {
  status: 'closed',
  caseNumber,
  openedAt: '2026-01-01T00:00:00.000Z',
  trackingHash: null,
  visibility: 'public',
  serviceCode: 'a:b:c',
  definitionVersion: 1,
  clock: { openedAt: '2026-01-01T00:00:00.000Z', dueAt: null },
  routing: { stage: 'awaiting' },
  decision: -1,
  work: { stage: 'none' },
  workOrders: {},
  parent: null,
  commentIds: [],
  photos: [],
  erasedAuthors: [],
  reopenings: [],
  closedAt,
  outcome: 'resolved',
  outcomeLabel: '',
  closingText: null,
  parentRevision: -1,
  linkedAs: 'a:b:c',
  announcement: null,
  awaitsRoute: false,
  wasReopened: false,
  followedParent: null,
};

const reopen: ReopenCase = {
  type: 'ReopenCase',
  data: { caseNumber, reopenedAt, dueAt: null, imported: false, requestId: 'r1', by: 'staff' },
};

describe('ReopenCase', () => {
  it('records which request led to it', () => {
    const decided = caseDecider.decide(reopen, closed);
    expect(decided).toEqual({
      outcome: 'accepted',
      events: [{ type: 'CaseReopened', data: { caseNumber, reopenedAt, dueAt: null, requestId: 'r1' } }],
    });
  });

  it('stays quiet when the same request comes again, also after the case was closed once more', () => {
    expect(caseDecider.decide(reopen, { ...closed, reopenings: ['r1'] })).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });

  it('stays quiet when its first request comes again after a second one', () => {
    const close = (state: Case): Case =>
      caseDecider.evolve(state, {
        type: 'CaseClosed',
        data: { caseNumber, outcome: 'resolved', outcomeLabel: '', media: [], closedAt, onTime: true },
      });
    const reopenBy = (requestId: string, state: Case): Case => {
      const decided = caseDecider.decide({ ...reopen, data: { ...reopen.data, requestId } }, state);
      if (decided.outcome === 'refused') throw new Error(decided.refusal.code);
      return decided.events.reduce(caseDecider.evolve, state);
    };
    const twice = close(reopenBy('r2', close(reopenBy('r1', closed))));
    for (const requestId of ['r1', 'r2']) expect(reopenBy(requestId, twice)).toEqual(twice);
    expect(reopenBy('r3', twice)).toMatchObject({ status: 'open' });
  });
});
