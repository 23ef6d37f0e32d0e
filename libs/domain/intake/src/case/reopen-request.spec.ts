import { describe, expect, it } from '@jest/globals';

import type { CaseNumber } from '@city311/kernel';

import type { ReopenCase } from './case.commands.js';
import { caseDecider } from './case.decide.js';
import type { OpenedCase } from './case.state.js';

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
});
