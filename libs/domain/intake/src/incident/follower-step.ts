import type { CaseNumber, Instant } from '@city311/kernel';

import type { CloseWithParent, MoveToParent, ReopenWithParent, UnlinkCase } from '../case/case.commands.js';
import type { ParentNews } from '../case/case.events.js';
import type { Case, Closed, OpenedCase } from '../case/case.state.js';

export type FollowerCommand = CloseWithParent | ReopenWithParent | UnlinkCase | MoveToParent;

/** What the caller has looked up beside the two cases. */
export interface FollowerFacts {
  readonly parent: CaseNumber;
  /**
   * Where the parent itself follows another: the end of the way up from it, with the sequence of its last event; of parents
   * that go round, the one that goes free: the smallest number. Null where the parent follows none.
   */
  readonly root: {
    readonly caseNumber: CaseNumber;
    readonly revision: number;
    readonly isShown: boolean;
  } | null;
  /** Whether everybody who may see a follower may be told of the parent; `isShown` of the root likewise. */
  readonly isParentShown: boolean;
  /** Whether a case of the follower's service may be joined to one of the parent's. */
  readonly mayJoin: boolean;
  /** When what led to this happened. */
  readonly at: Instant;
  /** Due date of a clock of the follower that starts at `at`. */
  readonly dueAtIfReopened: Instant | null;
  /** What led to this was told by an older system. */
  readonly imported: boolean;
}

const later = (one: Instant, other: Instant): Instant => (Date.parse(one) > Date.parse(other) ? one : other);

const newsOf = (
  kind: 'withdrawn' | 'reopened' | 'joined',
  parent: OpenedCase,
  isShown: boolean,
): ParentNews => (isShown ? { kind, shown: { parent: parent.caseNumber } } : { kind });

const closingNews = (parent: Closed, isShown: boolean): ParentNews => {
  if (!isShown) return { kind: 'closed' };
  const { caseNumber, outcome, outcomeLabel, closingText } = parent;
  const words = closingText === null ? {} : { text: closingText };
  return { kind: 'closed', shown: { parent: caseNumber, outcome, outcomeLabel, ...words } };
};

/** The parent was given another service; null where it is the follower's own that changed. */
const reclassifiedNews = (follower: OpenedCase, parent: OpenedCase, isShown: boolean): ParentNews | null => {
  if (follower.serviceCode !== follower.linkedAs) return null;
  const { caseNumber, serviceCode } = parent;
  return isShown
    ? { kind: 'reclassified', shown: { parent: caseNumber, serviceCode } }
    : { kind: 'reclassified' };
};

/**
 * What is to be done with a case that is linked to a parent, by how the two stand now; null where all is as it should
 * be. Given again after each of its commands, it comes to an end: an open follower has a parent that is open, that
 * follows nobody, and that it may be joined to; one that was closed with its parent has a parent that is closed.
 * It goes by how things stand and not by what happened, so that it does not matter which news came first, or twice.
 */
export const followerStep = (follower: Case, parent: Case, facts: FollowerFacts): FollowerCommand | null => {
  if (follower.status === 'not-opened' || follower.parent !== facts.parent) return null;
  if (follower.status === 'withdrawn') return null;
  const { caseNumber } = follower;
  const { at, imported, dueAtIfReopened, isParentShown } = facts;

  const unlink = (parentNews: ParentNews | null): UnlinkCase => ({
    type: 'UnlinkCase',
    data: {
      caseNumber,
      parent: facts.parent,
      ...(parentNews === null ? {} : { parentNews }),
      unlinkedAt: follower.status === 'closed' ? later(at, follower.closedAt) : at,
      dueAtIfReopened,
    },
  });

  const move = (from: OpenedCase, to: NonNullable<FollowerFacts['root']>): MoveToParent => ({
    type: 'MoveToParent',
    data: {
      caseNumber,
      from: facts.parent,
      to: to.caseNumber,
      parentHidden: !to.isShown,
      parentRevision: to.revision,
      seenAnnouncement: follower.announcement,
      parentNews: newsOf('joined', from, isParentShown),
      movedAt: at,
    },
  });

  if (follower.status === 'closed') {
    if (follower.followedParent !== facts.parent || parent.status === 'closed') return null;
    if (parent.status !== 'open')
      return unlink(parent.status === 'withdrawn' ? newsOf('withdrawn', parent, isParentShown) : null);
    const parentNews = newsOf('reopened', parent, isParentShown);
    const reopenedAt = later(at, follower.closedAt);
    const data = {
      caseNumber,
      parent: facts.parent,
      parentNews,
      reopenedAt,
      dueAt: dueAtIfReopened,
      imported,
    };
    return { type: 'ReopenWithParent', data };
  }

  switch (parent.status) {
    case 'not-opened':
      return unlink(null);
    case 'withdrawn':
      return unlink(newsOf('withdrawn', parent, isParentShown));
    case 'closed':
      return {
        type: 'CloseWithParent',
        data: {
          caseNumber,
          parent: facts.parent,
          outcome: 'duplicate',
          outcomeLabel: 'Duplicate of Existing Case',
          media: [],
          closedAt: later(at, parent.closedAt),
          parentNews: closingNews(parent, isParentShown),
          imported,
        },
      };
    case 'open': {
      if (facts.root?.caseNumber === caseNumber) return unlink(null);
      // The parent is what goes free.
      if (facts.root?.caseNumber === facts.parent) return null;
      if (facts.root !== null) return move(parent, facts.root);
      if (!facts.mayJoin) return unlink(reclassifiedNews(follower, parent, isParentShown));
      return null;
    }
  }
};
