import { describe, expect, it } from '@jest/globals';

import type { CaseNumber, ContactId } from '@city311/kernel';

import { noticesFor } from './notices-for.policy.js';
import type { Follower, Told } from './notices-for.policy.js';

const caseNumber = '260000000014' as CaseNumber;
const ann: Follower = { contactId: 'c1' as ContactId, language: 'en', serviceCode: 'pothole' };
const ben: Follower = { contactId: 'c2' as ContactId, language: 'es', serviceCode: 'pothole' };
const news = (told: Told, imported = false) => ({
  caseNumber,
  type: 'intake.CaseClosed.v1',
  sequence: 7,
  imported,
  told,
});
const closed: Told = { kind: 'closed', outcome: 'resolved', outcomeLabel: 'Case Resolved', media: [] };
const dueAt = '2026-07-03T16:00:00.000Z';

describe('who is told what', () => {
  it('is one message for each follower, in their language, under an id of case, event and person', () => {
    expect(noticesFor(news(closed), [ann, ben])).toEqual([
      {
        noticeId: '260000000014-7-c1',
        caseNumber,
        contactId: 'c1',
        about: { type: 'intake.CaseClosed.v1', sequence: 7 },
        template: 'closed',
        language: 'en',
        facts: { serviceCode: 'pothole', outcome: 'resolved', outcomeLabel: 'Case Resolved', media: [] },
      },
      expect.objectContaining({ noticeId: '260000000014-7-c2', contactId: 'c2', language: 'es' }),
    ]);
  });

  it.each([
    [{ kind: 'routed', basis: 'rule', departmentId: 'PWDx', dueAt }, 'received'],
    [{ kind: 'routed', basis: 'operator', departmentId: 'PWDx', dueAt: null }, 'passed-on'],
    [{ kind: 'routed', basis: 'triage', departmentId: 'TRIAGE', dueAt: null }, 'in-triage'],
    [{ kind: 'linked', parent: caseNumber }, 'linked'],
    [{ kind: 'linked', parent: null }, 'linked'],
    [{ kind: 'parent-news', news: { kind: 'withdrawn' }, follows: false }, 'parent-news'],
    [{ kind: 'parent-news', news: { kind: 'referred' }, follows: true }, 'parent-news'],
    [{ ...closed, parentNews: { kind: 'closed' } }, 'closed'],
    [{ kind: 'reopened', dueAt, parentNews: { kind: 'reopened' } }, 'reopened'],
    [{ kind: 'referred', agency: 'MBTA' }, 'referred'],
    [{ kind: 'scheduled', scheduledFor: dueAt }, 'scheduled'],
    [{ kind: 'paused', reason: 'rain' }, 'paused'],
    [closed, 'closed'],
    [{ kind: 'reopened', dueAt }, 'reopened'],
  ] satisfies readonly [Told, string][])('tells of %j as %s', (told, template) => {
    expect(noticesFor(news(told), [ann])).toMatchObject([{ template }]);
  });

  it('is nobody for imported history, for reports taken back, and where nobody follows', () => {
    expect(noticesFor(news(closed, true), [ann])).toEqual([]);
    expect(noticesFor(news({ kind: 'withdrawn' }), [ann])).toEqual([]);
    expect(noticesFor(news({ ...closed, outcome: 'withdrawn' }), [ann])).toEqual([]);
    expect(noticesFor(news({ kind: 'routed', basis: 'imported', departmentId: 'P', dueAt }), [ann])).toEqual(
      [],
    );
    expect(noticesFor(news(closed), [])).toEqual([]);
  });

  it('is nobody where a case moves to another parent: the link tells that', () => {
    expect(
      noticesFor(news({ kind: 'parent-news', news: { kind: 'joined' }, follows: false }), [ann]),
    ).toEqual([]);
  });

  it('keeps of the parent what it was given, and its number nowhere else', () => {
    const shown = { parent: '260000000027' as CaseNumber, outcome: 'resolved' as const };
    for (const parentNews of [{ kind: 'closed', shown } as const, { kind: 'closed' } as const]) {
      const [notice] = noticesFor(news({ ...closed, parentNews }), [ann]);
      expect(notice?.facts.parentNews).toEqual(parentNews);
      expect(JSON.stringify(notice).includes(shown.parent)).toBe('shown' in parentNews);
    }
  });
});
