import { membersOf, textOf } from '../../server/json.js';
import type { Anomaly, History, SentMail } from '../history.js';
import { dataOf, idOf, nameOf, type Log, type Placed } from '../log-model.js';
import { faultsSystem } from './answers.js';
import { itemsOf } from '../../server/json.js';

/** Whether followers are to hear of a case event. */
const isNews = (placed: Placed): boolean => {
  const data = dataOf(placed);
  switch (placed.event.type) {
    case 'intake.CaseRouted.v1': {
      const idle = data['linkedTo'] !== undefined || data['closedMeanwhile'] === true;
      return data['basis'] !== 'imported' && !idle;
    }
    case 'intake.CaseUnlinked.v1':
    case 'intake.ParentNewsNoted.v1': {
      const { kind } = membersOf(data['parentNews']);
      return kind !== undefined && kind !== 'joined';
    }
    case 'intake.CaseClosed.v1':
      return data['outcome'] !== 'withdrawn';
    case 'intake.CaseLinked.v1':
    case 'intake.CaseReferred.v1':
    case 'intake.WorkScheduled.v1':
    case 'intake.WorkPaused.v1':
    case 'intake.CaseReopened.v1':
      return true;
    default:
      return false;
  }
};

const anomaly = (code: string, says: string, at: readonly Placed[]): Anomaly => ({
  promise: 10,
  code,
  says,
  events: at.map(nameOf),
});

const followedCases = (history: History, log: Log): readonly Placed[][] => {
  const followed = new Set(history.reports.filter((report) => report.followed).map(({ id }) => id));
  return log
    .of('intake.case')
    .filter(([opened]) =>
      opened === undefined
        ? false
        : itemsOf(dataOf(opened), 'externalReferences').some(
            ({ system, id }) => system === faultsSystem && followed.has(textOf(id)),
          ),
    )
    .map((events) => [...events]);
};

const checkQueued = (history: History, log: Log): Anomaly[] => {
  const queued = new Map<string, Placed[]>();
  for (const placed of log.typed('notifications.NoticeQueued.v1')) {
    const { sequence } = membersOf(dataOf(placed)['about']);
    const key = `${placed.event.subject} ${String(sequence)}`;
    queued.set(key, [...(queued.get(key) ?? []), placed]);
  }
  return followedCases(history, log).flatMap((events) =>
    events.filter(isNews).flatMap((placed) => {
      const those = queued.get(`${idOf(placed.event.stream)} ${placed.event.sequence}`) ?? [];
      if (those.length === 1) return [];
      return those.length === 0
        ? [anomaly('notice-missing', `nobody was told of ${placed.event.type}`, [placed])]
        : [anomaly('told-twice', `one follower, ${those.length} notices`, [placed, ...those])];
    }),
  );
};

const checkEnds = (log: Log, mails: ReadonlyMap<string, readonly SentMail[]>): Anomaly[] =>
  log.of('notifications.notice').flatMap((events) => {
    const last = events.at(-1);
    const messageId = textOf(events[0] === undefined ? '' : dataOf(events[0])['messageId']);
    switch (last?.event.type) {
      case 'notifications.NoticeSent.v1':
        return mails.has(messageId)
          ? []
          : [anomaly('sent-without-mail', `${messageId} is said to be sent, no mail is there`, [last])];
      case 'notifications.NoticeSuppressed.v1':
        return [];
      case 'notifications.NoticeFailed.v1':
      case 'notifications.NoticeUncertain.v1':
        // Openly on its way: the view shows when it is tried again, or that nobody tries any more.
        return [];
      default:
        return [anomaly('notice-forgotten', `${messageId} was queued and nothing became of it`, events)];
    }
  });

const checkMails = (log: Log, mails: ReadonlyMap<string, readonly SentMail[]>): Anomaly[] => {
  const known = new Set(
    log.typed('notifications.NoticeQueued.v1').map((placed) => textOf(dataOf(placed)['messageId'])),
  );
  return [...mails].flatMap(([messageId, sent]) =>
    known.has(messageId)
      ? []
      : [anomaly('mail-of-nobody', `${messageId} (${sent[0]?.where ?? ''}) belongs to no notice`, [])],
  );
};

/** Promise 10: every piece of news became a notice, and every notice came to an end that can be seen. */
export const checkNotices = (history: History, log: Log): readonly Anomaly[] => {
  const mails = new Map<string, SentMail[]>();
  for (const mail of history.mails) mails.set(mail.messageId, [...(mails.get(mail.messageId) ?? []), mail]);
  return [...checkQueued(history, log), ...checkEnds(log, mails), ...checkMails(log, mails)];
};
