import { z } from 'zod';

import type { CallEvent } from '../calls.js';
import type { CaseEvent } from '../intake.js';
import type { DataSchemas } from './data-schemas.js';
import {
  caseNumber,
  contactId,
  districts,
  externalReference,
  instant,
  media,
  mediaReference,
  name,
  outcome,
  place,
  priority,
  protectedText,
  sentences,
  visibility,
} from './vocabulary.schema.js';

const due = instant.nullable();
const workStep = { caseNumber, workOrderId: name };

const standingRoute = z
  .object({ departmentId: z.string(), queue: z.string(), serviceCode: name, priority, dueAt: due })
  .readonly();

const shownParent = { parent: caseNumber };

const parentNews = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('closed'),
      shown: z
        .object({ ...shownParent, outcome, outcomeLabel: z.string(), text: protectedText.exactOptional() })
        .readonly()
        .exactOptional(),
    })
    .readonly(),
  z
    .object({ kind: z.literal('withdrawn'), shown: z.object(shownParent).readonly().exactOptional() })
    .readonly(),
  z
    .object({ kind: z.literal('reopened'), shown: z.object(shownParent).readonly().exactOptional() })
    .readonly(),
  z
    .object({
      kind: z.literal('reclassified'),
      shown: z
        .object({ ...shownParent, serviceCode: name })
        .readonly()
        .exactOptional(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('referred'),
      shown: z
        .object({ ...shownParent, agency: name })
        .readonly()
        .exactOptional(),
    })
    .readonly(),
  z.object({ kind: z.literal('joined'), shown: z.object(shownParent).readonly().exactOptional() }).readonly(),
]);

export const caseSchemas = {
  'intake.CaseOpened.v1': z.object({
    caseNumber,
    jurisdiction: name,
    serviceCode: name,
    definitionVersion: z.int().min(0),
    language: name,
    visibility,
    description: protectedText.exactOptional(),
    title: protectedText.exactOptional(),
    answers: z
      .array(
        z.union([
          z.object({ code: name, choice: z.array(z.string()).readonly() }).readonly(),
          z
            .object({ code: name, text: protectedText, undeclared: z.literal(true).exactOptional() })
            .readonly(),
        ]),
      )
      .readonly(),
    place,
    channel: z.string(),
    adapter: name,
    externalReferences: z.array(externalReference).readonly(),
    contactId: contactId.exactOptional(),
    media,
    emergencyWords: sentences,
    openedAt: instant,
    imported: z
      .object({ departmentId: z.string(), queue: z.string(), dueAt: due })
      .readonly()
      .exactOptional(),
  }),
  'intake.CaseRouted.v1': z.object({
    caseNumber,
    serviceCode: name,
    departmentId: z.string(),
    queue: z.string(),
    priority,
    dueAt: due,
    districts,
    basis: z.enum(['rule', 'operator', 'imported', 'triage']),
    explanation: sentences,
    suggestedDuplicateOf: caseNumber.exactOptional(),
    linkedTo: caseNumber.exactOptional(),
    closedMeanwhile: z.literal(true).exactOptional(),
    reopened: z.literal(true).exactOptional(),
    routedAt: instant,
  }),
  'intake.CaseReclassified.v1': z.object({
    caseNumber,
    serviceCode: name,
    definitionVersion: z.int().min(0),
    dueAt: due,
    reclassifiedAt: instant,
  }),
  'intake.CaseReturnedToTriage.v1': z.object({ caseNumber, fromDepartmentId: name, returnedAt: instant }),
  'intake.CaseLinked.v1': z.object({
    caseNumber,
    parent: caseNumber,
    parentHidden: z.literal(true).exactOptional(),
    linkedAt: instant,
  }),
  'intake.CaseUnlinked.v1': z.object({
    caseNumber,
    parent: caseNumber,
    route: standingRoute.exactOptional(),
    parentNews: parentNews.exactOptional(),
    unlinkedAt: instant,
  }),
  'intake.ParentNewsNoted.v1': z.object({ caseNumber, parentNews, notedAt: instant }),
  'intake.FollowerAnnounced.v1': z.object({ caseNumber, announcedAt: instant }),
  'intake.CaseReferred.v1': z.object({
    caseNumber,
    agency: name,
    referredAt: instant,
    outsideCity: z
      .object({ departmentId: z.string(), queue: z.string(), explanation: sentences })
      .readonly()
      .exactOptional(),
    closedMeanwhile: z.literal(true).exactOptional(),
  }),
  'intake.WorkScheduled.v1': z.object({ ...workStep, scheduledFor: instant, scheduledAt: instant }),
  'intake.WorkStarted.v1': z.object({ ...workStep, startedAt: instant }),
  'intake.WorkPaused.v1': z.object({ ...workStep, reason: z.string(), pausedAt: instant }),
  'intake.WorkResumed.v1': z.object({ ...workStep, resumedAt: instant }),
  'intake.CaseClosed.v1': z.object({
    caseNumber,
    outcome,
    outcomeLabel: z.string(),
    text: protectedText.exactOptional(),
    media,
    closedAt: instant,
    onTime: z.boolean(),
    stamp: z.string().exactOptional(),
    followedParent: caseNumber.exactOptional(),
    parentNews: parentNews.exactOptional(),
  }),
  'intake.CaseReopened.v1': z.object({
    caseNumber,
    reason: protectedText.exactOptional(),
    route: standingRoute.exactOptional(),
    parentNews: parentNews.exactOptional(),
    reopenedAt: instant,
    dueAt: due,
  }),
  'intake.CaseWithdrawn.v1': z.object({ caseNumber, withdrawnAt: instant }),
  'intake.CommentAdded.v1': z.object({
    caseNumber,
    commentId: name,
    visibility: z.enum(['public', 'internal']),
    text: protectedText.exactOptional(),
    commentedAt: instant,
  }),
  'intake.PhotoAdded.v1': z.object({ caseNumber, media: mediaReference, addedAt: instant }),
  'intake.TrackingSecretRenewed.v1': z.object({ caseNumber, renewedAt: instant }),
  'intake.TrackingSecretRevoked.v1': z.object({ caseNumber, revokedAt: instant }),
  'intake.SubjectErased.v1': z.object({ caseNumber, author: name, erasedAt: instant }),
} satisfies DataSchemas<CaseEvent>;

export const callSchemas = {
  'intake.CallStarted.v1': z.object({
    callId: name,
    jurisdiction: name,
    line: z.string(),
    language: name,
    startedAt: instant,
  }),
  'intake.CallAnswered.v1': z.object({ callId: name, topic: name, answeredAt: instant }),
  'intake.CallLinked.v1': z.object({
    callId: name,
    caseNumber,
    relation: z.enum(['opened', 'joined', 'asked-about']),
    linkedAt: instant,
  }),
  'intake.CallEnded.v1': z.object({
    callId: name,
    ending: z.enum(['completed', 'abandoned', 'transferred']),
    endedAt: instant,
  }),
} satisfies DataSchemas<CallEvent>;
