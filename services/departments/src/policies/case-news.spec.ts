import { describe, expect, it } from '@jest/globals';

import type { CaseEvent } from '@city311/contracts';

import { newsOf, newsTypes } from './case-news.js';

const route = {
  departmentId: 'PWDx',
  queue: 'PWDx_1',
  serviceCode: 'pothole',
  priority: 'normal',
  dueAt: null,
} as const;
const told = (type: string, data: object = {}): unknown =>
  newsOf({ type: `intake.${type}.v1`, data } as CaseEvent);

describe('News of a case, as work orders read it', () => {
  it('of a route is one, unless the case is joined, waits in triage, or was closed meanwhile', () => {
    const routed = { ...route, basis: 'rule' };
    expect(told('CaseRouted', routed)).toEqual({ kind: 'routed', reopened: false, ...route });
    expect(told('CaseRouted', { ...routed, reopened: true })).toMatchObject({ reopened: true });
    expect(told('CaseRouted', { ...routed, linkedTo: '260000000022' })).toEqual({ kind: 'linked' });
    expect(told('CaseRouted', { ...routed, basis: 'triage' })).toEqual({ kind: 'in-triage' });
    expect(told('CaseRouted', { ...routed, closedMeanwhile: true })).toEqual({ kind: 'closed' });
  });

  it.each(['CaseUnlinked', 'CaseReopened'])('of %s has the route, or says that nobody is to', (type) => {
    const kind = type === 'CaseUnlinked' ? 'unlinked' : 'reopened';
    expect(told(type, { route })).toEqual({ kind, route });
    expect(told(type)).toEqual({ kind, route: null });
  });

  it('is there for every type that is asked for, and for no other', () => {
    for (const type of newsTypes) expect(newsOf({ type, data: {} } as CaseEvent)).not.toBeNull();
    for (const type of ['CaseOpened', 'CommentAdded', 'WorkStarted', 'SubjectErased'])
      expect(told(type)).toBeNull();
  });
});
