import type { CaseNumber, ProtectedText, WrittenText } from '@city311/kernel';

import { makeCaseNumber } from '../case-number.js';
import type { CaseCommand, Route } from './case.commands.js';

/* Commands that specs vary. */

export const number: CaseNumber = makeCaseNumber(26_000_000_123);
export const parent: CaseNumber = makeCaseNumber(26_000_000_100);
export const other: CaseNumber = makeCaseNumber(26_000_000_077);

const protectedText = (text: string): ProtectedText => `p1.author.${text}` as ProtectedText;
export const words: WrittenText = { original: protectedText('b3Jn'), redacted: protectedText('cmVk') };

/** Minute `n` of the day on which everything happens. */
export const minute = (n: number): string => new Date(Date.UTC(2026, 10, 22, 8, n)).toISOString();

export const secret = 'hash-of-the-secret';
export const asReporter = { by: 'reporter', secretHash: secret } as const;
export const asStranger = { by: 'reporter', secretHash: 'hash-of-a-guess' } as const;
export const withNewer = { by: 'reporter', secretHash: 'newer' } as const;
export const asStaff = { by: 'staff' } as const;

type Of<Type extends CaseCommand['type']> = Extract<CaseCommand, { type: Type }>;

export const open = (change: Partial<Of<'OpenCase'>['data']> = {}): Of<'OpenCase'> => ({
  type: 'OpenCase',
  data: {
    caseNumber: number,
    jurisdiction: 'boston',
    serviceCode: 'lights:outage',
    definitionVersion: 1,
    language: 'en',
    visibility: 'public',
    description: words,
    answers: [],
    place: { precision: 'unknown' },
    channel: 'Self Service',
    adapter: 'web',
    externalReferences: [],
    media: [],
    emergencyWords: [],
    openedAt: minute(0),
    trackingHash: secret,
    ...change,
  },
});

export const byRule: Route = {
  basis: 'rule',
  departmentId: 'PWDx',
  queue: 'lights',
  priority: 'normal',
  dueAt: minute(30),
  districts: { ward: '12' },
  explanation: ['Lights go to Public Works.'],
};

export const toTriage: Route = {
  basis: 'triage',
  departmentId: 'INFO',
  queue: 'triage',
  dueAt: minute(40),
  districts: {},
  explanation: ['The place is unknown.'],
};

export const outside: Route = {
  basis: 'outside-city',
  agency: 'Next town',
  departmentId: 'INFO',
  queue: 'referrals',
  explanation: ['The place is in no district.'],
};

export const route = (to: Route = byRule, decision = 0, at = 1): Of<'RouteCase'> => ({
  type: 'RouteCase',
  data: { caseNumber: number, route: to, decision, routedAt: minute(at) },
});

const step = (revision: number, order = 1) => ({
  caseNumber: number,
  workOrderId: `${number}-${order}`,
  workOrderRevision: revision,
});

export const schedule = (revision = 1, order = 1): Of<'ScheduleWork'> => ({
  type: 'ScheduleWork',
  data: { ...step(revision, order), scheduledFor: minute(20), scheduledAt: minute(2) },
});
export const start = (revision = 2, order = 1): Of<'StartWork'> => ({
  type: 'StartWork',
  data: { ...step(revision, order), startedAt: minute(3) },
});
export const pause = (revision = 3, order = 1): Of<'PauseWork'> => ({
  type: 'PauseWork',
  data: { ...step(revision, order), reason: 'rain', pausedAt: minute(4) },
});
export const resume = (revision = 4, order = 1): Of<'ResumeWork'> => ({
  type: 'ResumeWork',
  data: { ...step(revision, order), resumedAt: minute(5) },
});
export const handBack = (revision = 5, order = 1, fromDepartmentId = 'PWDx'): Of<'ReturnToTriage'> => ({
  type: 'ReturnToTriage',
  data: { ...step(revision, order), fromDepartmentId, reason: words, returnedAt: minute(6) },
});

const closing = {
  caseNumber: number,
  outcome: 'resolved',
  outcomeLabel: 'Case Resolved',
  media: [],
  closedAt: minute(10),
  imported: false,
} as const;

export const close = (change: Partial<Of<'CloseCase'>['data']> = {}): Of<'CloseCase'> => ({
  type: 'CloseCase',
  data: { ...closing, ...change },
});
export const byOrder = (revision: number, order = 1) => ({
  workOrder: { workOrderId: `${number}-${order}`, workOrderRevision: revision },
});
export const closeWithParent = (
  change: Partial<Of<'CloseWithParent'>['data']> = {},
): Of<'CloseWithParent'> => ({
  type: 'CloseWithParent',
  data: { ...closing, parent, parentNews: { kind: 'closed' }, ...change },
});

export const link = (change: Partial<Of<'LinkCase'>['data']> = {}): Of<'LinkCase'> => ({
  type: 'LinkCase',
  data: {
    caseNumber: number,
    parent,
    linkedAt: minute(7),
    seen: { announcement: null, serviceCode: 'lights:outage' },
    ...change,
  },
});
export const announce = (change: Partial<Of<'AnnounceFollower'>['data']> = {}): Of<'AnnounceFollower'> => ({
  type: 'AnnounceFollower',
  data: {
    caseNumber: number,
    follower: other,
    announcementId: 'n-1',
    announcedAt: minute(7),
    serviceCode: 'lights:outage',
    mayJoin: true,
    ...change,
  },
});
export const move = (change: Partial<Of<'MoveToParent'>['data']> = {}): Of<'MoveToParent'> => ({
  type: 'MoveToParent',
  data: {
    caseNumber: number,
    from: parent,
    to: other,
    parentHidden: false,
    parentRevision: 3,
    parentNews: { kind: 'joined', shown: { parent } },
    seenAnnouncement: null,
    movedAt: minute(8),
    ...change,
  },
});
export const reopenWithParent = (
  change: Partial<Of<'ReopenWithParent'>['data']> = {},
): Of<'ReopenWithParent'> => ({
  type: 'ReopenWithParent',
  data: {
    caseNumber: number,
    parent,
    parentNews: { kind: 'reopened', shown: { parent } },
    reopenedAt: minute(12),
    dueAt: minute(50),
    imported: false,
    ...change,
  },
});
export const parentNews = (change: Partial<Of<'NoteParentNews'>['data']> = {}): Of<'NoteParentNews'> => ({
  type: 'NoteParentNews',
  data: {
    caseNumber: number,
    parent,
    parentRevision: 5,
    parentNews: { kind: 'referred', shown: { parent, agency: 'MBTA' } },
    notedAt: minute(8),
    ...change,
  },
});
export const unlink = (change: Partial<Of<'UnlinkCase'>['data']> = {}): Of<'UnlinkCase'> => ({
  type: 'UnlinkCase',
  data: { caseNumber: number, parent, unlinkedAt: minute(15), dueAtIfReopened: minute(60), ...change },
});
export const refer = (agency = 'MBTA'): Of<'ReferCase'> => ({
  type: 'ReferCase',
  data: { caseNumber: number, agency, referredAt: minute(8) },
});
export const reclassify = (serviceCode = 'lights:knock-down', dueAt = minute(9)): Of<'ReclassifyCase'> => ({
  type: 'ReclassifyCase',
  data: { caseNumber: number, serviceCode, definitionVersion: 1, dueAt, reclassifiedAt: minute(8) },
});

type Acting = typeof asStaff | typeof asReporter | typeof asStranger | typeof withNewer;

export const reopen = (acting: Acting = asStaff, at = 12, imported = false): Of<'ReopenCase'> => ({
  type: 'ReopenCase',
  data: { caseNumber: number, reason: words, reopenedAt: minute(at), dueAt: minute(50), imported, ...acting },
});
export const withdraw = (acting: Acting = asReporter): Of<'WithdrawCase'> => ({
  type: 'WithdrawCase',
  data: { caseNumber: number, withdrawnAt: minute(9), ...acting },
});
export const comment = (
  commentId = 'm-1',
  visibility: 'public' | 'internal' = 'public',
  acting: Acting = asReporter,
): Of<'AddComment'> => ({
  type: 'AddComment',
  data: { caseNumber: number, commentId, visibility, text: words, commentedAt: minute(9), ...acting },
});
export const photo = (url = 'https://example.org/p.jpg', acting: Acting = asReporter): Of<'AddPhoto'> => ({
  type: 'AddPhoto',
  data: { caseNumber: number, media: { kind: 'external', url }, addedAt: minute(9), ...acting },
});
export const erase = (author = 'k7f3a'): Of<'EraseSubject'> => ({
  type: 'EraseSubject',
  data: { caseNumber: number, author, erasedAt: minute(20) },
});

export const renewSecret = (trackingHash = 'newer'): Of<'RenewTrackingSecret'> => ({
  type: 'RenewTrackingSecret',
  data: { caseNumber: number, trackingHash, renewedAt: minute(30) },
});
export const revokeSecret = (): Of<'RevokeTrackingSecret'> => ({
  type: 'RevokeTrackingSecret',
  data: { caseNumber: number, revokedAt: minute(31) },
});
