import { accept, refuse } from '@city311/kernel';

import { close } from './case.close.js';
import type {
  AnnounceFollower,
  CloseWithParent,
  LinkCase,
  MoveToParent,
  NoteParentNews,
  ReopenWithParent,
  UnlinkCase,
} from './case.commands.js';
import type { StoredCaseEvent } from './case.events.js';
import { before, refuseNotOpen, type CaseDecision } from './case.refusals.js';
import { standingRoute } from './case.standing-route.js';
import type { Case } from './case.state.js';

/** Commands about a case and the one that it follows; each writes one of the two streams. */
export type LinkCommand =
  | AnnounceFollower
  | LinkCase
  | UnlinkCase
  | MoveToParent
  | CloseWithParent
  | ReopenWithParent
  | NoteParentNews;

const announceFollower = ({ data }: AnnounceFollower, state: Case): CaseDecision => {
  if (state.status === 'not-opened' || state.status === 'withdrawn') return refuseNotOpen(state);
  const { mayJoin, serviceCode, ...announcement } = data;
  if (state.announcement === data.announcementId) return accept();
  if (data.follower === data.caseNumber) return refuse({ code: 'own-parent' });
  if (state.parent !== null) return refuse({ code: 'parent-is-linked', parent: state.parent });
  if (state.serviceCode !== serviceCode) return refuse({ code: 'overtaken' });
  if (!mayJoin) return refuse({ code: 'services-differ' });
  return accept({ type: 'FollowerAnnounced', data: announcement });
};

const linkCase = ({ data }: LinkCase, state: Case): CaseDecision => {
  const { seen, ...link } = data;
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.parent === data.parent) return accept();
  if (data.parent === data.caseNumber) return refuse({ code: 'own-parent' });
  if (state.parent !== null) return refuse({ code: 'already-linked', parent: state.parent });
  if (state.announcement !== seen.announcement || state.serviceCode !== seen.serviceCode) {
    return refuse({ code: 'overtaken' });
  }
  return accept({ type: 'CaseLinked', data: link });
};

const unlinkCase = ({ data }: UnlinkCase, state: Case): CaseDecision => {
  const { dueAtIfReopened, ...link } = data;
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (state.parent === null) return accept();
  if (state.parent !== data.parent) return refuse({ code: 'not-linked', parent: state.parent });
  if (state.status === 'open') {
    const route = state.awaitsRoute ? {} : standingRoute(state, state.clock.dueAt);
    return accept({ type: 'CaseUnlinked', data: { ...link, ...route } });
  }
  const unlinked: StoredCaseEvent = { type: 'CaseUnlinked', data: link };
  if (state.status !== 'closed' || state.followedParent !== data.parent) return accept(unlinked);
  // Closed only because the parent was: its own work was never done.
  const reopened: StoredCaseEvent = {
    type: 'CaseReopened',
    data: {
      caseNumber: data.caseNumber,
      ...standingRoute(state, dueAtIfReopened),
      reopenedAt: data.unlinkedAt,
      dueAt: dueAtIfReopened,
    },
  };
  return accept<StoredCaseEvent>(unlinked, reopened);
};

const moveToParent = ({ data }: MoveToParent, state: Case): CaseDecision => {
  const { caseNumber, from, to, parentHidden, parentRevision, parentNews, movedAt } = data;
  if (state.status !== 'open') return refuseNotOpen(state);
  if (to === caseNumber) return refuse({ code: 'own-parent' });
  if (state.parent === to) return accept();
  if (state.parent !== from) return refuse({ code: 'not-linked', parent: state.parent });
  if (state.announcement !== data.seenAnnouncement) return refuse({ code: 'overtaken' });
  return accept<StoredCaseEvent>(
    { type: 'CaseUnlinked', data: { caseNumber, parent: from, parentNews, unlinkedAt: movedAt } },
    {
      type: 'CaseLinked',
      data: {
        caseNumber,
        parent: to,
        ...(parentHidden ? { parentHidden } : {}),
        parentRevision,
        linkedAt: movedAt,
      },
    },
  );
};

const closeWithParent = ({ data }: CloseWithParent, state: Case): CaseDecision => {
  const { imported, parent, ...closing } = data;
  if (state.status === 'closed') return accept();
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.parent !== parent) return refuse({ code: 'not-linked', parent: state.parent });
  return close(state.clock, imported, { ...closing, followedParent: parent });
};

const reopenWithParent = ({ data }: ReopenWithParent, state: Case): CaseDecision => {
  const { imported, parent, ...reopening } = data;
  if (state.status === 'open') return accept();
  if (state.status !== 'closed') return refuseNotOpen(state);
  if (state.parent !== parent || state.followedParent !== parent) {
    return refuse({ code: 'not-linked', parent: state.parent });
  }
  if (!imported && before(data.reopenedAt, state.closedAt)) {
    return refuse({ code: 'impossible-time', notBefore: state.closedAt });
  }
  return accept({ type: 'CaseReopened', data: reopening });
};

const noteParentNews = ({ data }: NoteParentNews, state: Case): CaseDecision => {
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.parent !== data.parent) return refuse({ code: 'not-linked', parent: state.parent });
  return data.parentRevision <= state.parentRevision ? accept() : accept({ type: 'ParentNewsNoted', data });
};

export const decideLink = (command: LinkCommand, state: Case): CaseDecision => {
  switch (command.type) {
    case 'AnnounceFollower':
      return announceFollower(command, state);
    case 'LinkCase':
      return linkCase(command, state);
    case 'UnlinkCase':
      return unlinkCase(command, state);
    case 'MoveToParent':
      return moveToParent(command, state);
    case 'CloseWithParent':
      return closeWithParent(command, state);
    case 'ReopenWithParent':
      return reopenWithParent(command, state);
    case 'NoteParentNews':
      return noteParentNews(command, state);
  }
};
