import { createEventCodec } from '@city311/eventing';
import type {
  IncidentEvent,
  NumberBlockEvent,
  ReceiptEvent,
  ReferenceEvent,
  StoredCaseEvent,
} from '@city311/domain-intake';

export const caseCodec = createEventCodec<StoredCaseEvent>({
  context: 'intake',
  types: {
    CaseOpened: 1,
    CaseRouted: 1,
    CaseReclassified: 1,
    CaseReturnedToTriage: 1,
    CaseLinked: 1,
    CaseUnlinked: 1,
    ParentNewsNoted: 1,
    FollowerAnnounced: 1,
    CaseReferred: 1,
    WorkScheduled: 1,
    WorkStarted: 1,
    WorkPaused: 1,
    WorkResumed: 1,
    CaseClosed: 1,
    CaseReopened: 1,
    CaseWithdrawn: 1,
    CommentAdded: 1,
    PhotoAdded: 1,
    TrackingSecretRenewed: 1,
    TrackingSecretRevoked: 1,
    SubjectErased: 1,
  },
});

export const receiptCodec = createEventCodec<ReceiptEvent>({
  context: 'intake',
  types: { ReceiptTaken: 1, SayingTaken: 1 },
});

export const referenceCodec = createEventCodec<ReferenceEvent>({
  context: 'intake',
  types: { ReferenceClaimed: 1 },
});

export const numberBlockCodec = createEventCodec<NumberBlockEvent>({
  context: 'intake',
  types: { BlockLeased: 1 },
});

export const incidentCodec = createEventCodec<IncidentEvent>({
  context: 'intake',
  types: { FollowerJoined: 1, FollowerLeft: 1 },
});
