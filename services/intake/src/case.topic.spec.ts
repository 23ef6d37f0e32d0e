import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { topics } from '@city311/contracts';
import { makeCaseNumber, type StoredCaseEvent } from '@city311/domain-intake';
import type {
  CaseNumber,
  ContactId,
  Position,
  ProtectedText,
  RecordedEvent,
  WrittenText,
} from '@city311/kernel';

import { caseCodec } from './case.codec.js';
import { caseTopicSource, publicCaseData } from './case.topic.js';

const caseNumber = makeCaseNumber(26_000_000_123);
const parent = makeCaseNumber(26_000_000_100);
const at = '2026-06-01T16:00:00.000Z';

/** Everything marked so must never be seen outside of intake. */
const mark = 'PRIVATE';
const privateNumber = 987_654_321;
const written = (name: string): WrittenText => ({
  original: `p1.${mark}.${name}` as ProtectedText,
  redacted: `p1.key.${name}` as ProtectedText,
});
const step = { caseNumber, workOrderId: `${caseNumber}-1`, workOrderRevision: privateNumber };

const examples: {
  readonly [Type in StoredCaseEvent['type']]: Extract<StoredCaseEvent, { type: Type }>['data'];
} = {
  CaseOpened: {
    caseNumber,
    jurisdiction: 'boston.gov',
    serviceCode: 'lights',
    definitionVersion: 1,
    language: 'en',
    visibility: 'public',
    title: written('title'),
    description: written('description'),
    answers: [
      { code: 'size', choice: ['large'] },
      { code: 'more', text: written('answer') },
    ],
    place: { precision: 'block', address: '100 block of Main St', exact: 'p1.key.place' as ProtectedText },
    channel: 'Self Service',
    adapter: 'web',
    externalReferences: [{ system: 'older', id: '7' }],
    externalCodes: { service_code: mark },
    contactId: 'c-1' as ContactId,
    media: [],
    emergencyWords: [],
    openedAt: at,
    imported: { departmentId: 'PWDx', queue: 'q', dueAt: null },
    trackingHash: mark,
  },
  CaseRouted: {
    caseNumber,
    serviceCode: 'x',
    departmentId: 'PWDx',
    queue: 'q',
    priority: 'normal',
    dueAt: null,
    districts: { ward: '03' },
    basis: 'rule',
    explanation: ['Lights go to Public Works.'],
    suggestedDuplicateOf: parent,
    routedAt: at,
    decision: privateNumber,
  },
  CaseReclassified: { caseNumber, serviceCode: 'x', definitionVersion: 2, dueAt: null, reclassifiedAt: at },
  CaseReturnedToTriage: {
    ...step,
    workOrderId: mark,
    fromDepartmentId: 'PWDx',
    returnedAt: at,
    reason: { original: mark as ProtectedText, redacted: mark as ProtectedText },
  },
  CaseLinked: { caseNumber, parent, linkedAt: at, parentRevision: privateNumber },
  CaseUnlinked: { caseNumber, parent, unlinkedAt: at, parentNews: { kind: 'withdrawn', shown: { parent } } },
  ParentNewsNoted: {
    caseNumber,
    parentNews: { kind: 'referred' },
    notedAt: at,
    parent: mark as CaseNumber,
    parentRevision: privateNumber,
  },
  FollowerAnnounced: { caseNumber, announcedAt: at, follower: mark as CaseNumber, announcementId: mark },
  TrackingSecretRenewed: { caseNumber, trackingHash: mark, renewedAt: at },
  TrackingSecretRevoked: { caseNumber, revokedAt: at },
  CaseReferred: { caseNumber, agency: 'MBTA', referredAt: at, decision: privateNumber },
  WorkScheduled: { ...step, scheduledFor: at, scheduledAt: at },
  WorkStarted: { ...step, startedAt: at },
  WorkPaused: { ...step, reason: 'rain', pausedAt: at },
  WorkResumed: { ...step, resumedAt: at },
  CaseClosed: {
    caseNumber,
    outcome: 'resolved',
    outcomeLabel: 'Case Resolved',
    text: written('closing'),
    media: [],
    closedAt: at,
    onTime: true,
    workOrder: { workOrderId: mark, workOrderRevision: privateNumber },
  },
  CaseReopened: { caseNumber, reason: written('reason'), reopenedAt: at, dueAt: null },
  CaseWithdrawn: { caseNumber, withdrawnAt: at },
  CommentAdded: {
    caseNumber,
    commentId: 'm-1',
    visibility: 'internal',
    text: { original: mark as ProtectedText, redacted: mark as ProtectedText },
    commentedAt: at,
  },
  PhotoAdded: { caseNumber, media: { kind: 'external', url: 'https://example.org/p.jpg' }, addedAt: at },
  SubjectErased: { caseNumber, author: 'key', erasedAt: at },
};

const types = Object.keys(examples) as StoredCaseEvent['type'][];
const recorded = (type: StoredCaseEvent['type'], data: unknown): RecordedEvent => ({
  id: '0192-1',
  ...caseCodec.toWire({ type, data } as StoredCaseEvent),
  source: '/intake',
  subject: caseNumber,
  time: at,
  stream: `intake.case-${caseNumber}`,
  sequence: 3,
  recordedTime: at,
  actor: 'key:web',
  jurisdiction: 'boston.gov',
  imported: false,
  correlationId: 'c',
  position: '7' as Position,
});

describe('The Case topic', () => {
  it('is the one of the contract', () => {
    expect(caseTopicSource.topic).toBe(topics.case.name);
    expect(caseTopicSource.category).toBe('intake.case');
  });

  it.each(types)('shows nothing private of %s', (type) => {
    const told = JSON.stringify(caseTopicSource.translate(recorded(type, examples[type]))?.data);
    expect(told).not.toContain(mark);
    expect(told).not.toContain(String(privateNumber));
    for (const name of ['trackingHash', 'externalCodes', 'original', 'decision', 'workOrderRevision'])
      expect(told).not.toContain(`"${name}"`);
  });

  it('shows nothing private whatever optional members an event has', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.infiniteStream(fc.boolean()), (type, coin) => {
        const optional = ['title', 'description', 'text', 'reason', 'contactId', 'imported', 'externalCodes'];
        const data = Object.fromEntries(
          Object.entries(examples[type]).filter(
            ([name]) =>
              !optional.includes(name) ||
              type === 'CaseReturnedToTriage' ||
              type === 'CommentAdded' ||
              coin.next().value,
          ),
        );
        const told = JSON.stringify(publicCaseData({ type, data } as unknown as StoredCaseEvent));
        expect(told).not.toContain(mark);
        expect(told).not.toContain(String(privateNumber));
      }),
      { seed: 311 },
    );
  });

  it('shows the redacted half of what was written, under the same name', () => {
    expect(publicCaseData({ type: 'CaseOpened', data: examples.CaseOpened })).toMatchObject({
      title: 'p1.key.title',
      description: 'p1.key.description',
      answers: [
        { code: 'size', choice: ['large'] },
        { code: 'more', text: 'p1.key.answer' },
      ],
      contactId: 'c-1',
    });
    expect(publicCaseData({ type: 'CaseClosed', data: examples.CaseClosed })).toMatchObject({
      text: 'p1.key.closing',
    });
    expect(publicCaseData({ type: 'CaseReopened', data: examples.CaseReopened })).toMatchObject({
      reason: 'p1.key.reason',
    });
  });

  it('shows the text of a public comment and hides that of an internal one', () => {
    const data = { ...examples.CommentAdded, text: written('comment') };
    expect(publicCaseData({ type: 'CommentAdded', data: { ...data, visibility: 'public' } })).toMatchObject({
      text: 'p1.key.comment',
    });
    expect('text' in publicCaseData({ type: 'CommentAdded', data })).toBe(false);
  });

  it('keeps the envelope as it is', () => {
    const event = recorded('CaseWithdrawn', examples.CaseWithdrawn);
    expect(caseTopicSource.translate(event)).toEqual(event);
  });
});
