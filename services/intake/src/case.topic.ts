import { topics } from '@city311/contracts';
import type { Answer, CaseOpened, StoredCaseEvent } from '@city311/domain-intake';
import type { PublicEvent, RecordedEvent, WrittenText } from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';

import { caseCodec } from './case.codec.js';

const redacted = (text: WrittenText | undefined, name: string): object =>
  text === undefined ? {} : { [name]: text.redacted };

const publicAnswer = (answer: Answer): object =>
  'choice' in answer ? answer : { ...answer, text: answer.text.redacted };

const publicOpening = (data: CaseOpened): object => {
  const { description, title, answers, externalCodes: _codes, trackingHash: _hash, ...open } = data;
  return {
    ...open,
    ...redacted(description, 'description'),
    ...redacted(title, 'title'),
    answers: answers.map(publicAnswer),
  };
};

/** What the public, and every other service, may know of a stored case event. */
export const publicCaseData = (event: StoredCaseEvent): object => {
  switch (event.type) {
    case 'CaseOpened':
      return publicOpening(event.data);
    case 'CaseRouted': {
      const { decision: _decision, ...open } = event.data;
      return open;
    }
    case 'CaseReferred': {
      const { decision: _decision, ...open } = event.data;
      return open;
    }
    case 'CaseReturnedToTriage': {
      const { reason: _reason, workOrderId: _id, workOrderRevision: _revision, ...open } = event.data;
      return open;
    }
    case 'WorkScheduled':
    case 'WorkStarted':
    case 'WorkPaused':
    case 'WorkResumed': {
      const { workOrderRevision: _revision, ...open } = event.data;
      return open;
    }
    case 'CaseClosed': {
      const { text, workOrder: _workOrder, ...open } = event.data;
      return { ...open, ...redacted(text, 'text') };
    }
    case 'CaseReopened': {
      const { reason, requestId: _request, ...open } = event.data;
      return { ...open, ...redacted(reason, 'reason') };
    }
    case 'CommentAdded': {
      const { text, ...open } = event.data;
      return open.visibility === 'public' ? { ...open, ...redacted(text, 'text') } : open;
    }
    case 'ParentNewsNoted': {
      const { parent: _parent, parentRevision: _revision, ...open } = event.data;
      return open;
    }
    case 'FollowerAnnounced': {
      const { follower: _follower, announcementId: _id, ...open } = event.data;
      return open;
    }
    case 'CaseLinked': {
      const { parentRevision: _revision, ...open } = event.data;
      return open;
    }
    case 'TrackingSecretRenewed': {
      const { trackingHash: _hash, ...open } = event.data;
      return open;
    }
    case 'TrackingSecretRevoked':
    case 'CaseReclassified':
    case 'CaseUnlinked':
    case 'CaseWithdrawn':
    case 'PhotoAdded':
    case 'SubjectErased':
      return event.data;
  }
};

/** The Case topic, served from the Case streams. */
export const caseTopicSource: TopicSource = {
  topic: topics.case.name,
  category: topics.case.category,
  gapless: true,
  translate: (stored: RecordedEvent): PublicEvent => ({
    ...stored,
    data: publicCaseData(caseCodec.fromWire(stored.type, stored.data)),
  }),
};
