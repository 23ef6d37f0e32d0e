/**
 * What the system promises, checked on a recorded history; pure: no clock, no file, no server.
 *
 * The model. Clients send reports, comments, withdrawals, reopenings and transitions, each under an id of its own,
 * again and again under that id until they get a final answer; the process is killed between and during them. Every
 * answer is recorded, and an answer may be lost while its effect stands. In the end, with everything drained, the whole
 * log is read, every case, work order and notice is asked for, the mails are listed, and every view is built anew.
 * The log is the truth about what happened, the answers are the truth about what was promised, and the views are
 * derived from the log. A case is open, closed or withdrawn, and is with nobody, with triage, referred or with one
 * department; it may be linked to a parent, and then follows it. A work order lives from its issue to its completion,
 * hand-back or cancellation.
 *
 * Anomalies, by promise:
 *  0  defect-answered        an answer 500: no crash excuses it, a dying process does not answer
 *  1  lost-case              a case number was answered and there is no such case
 *     lost-action, lost-move something was answered as done and is not in the log
 *     receipt-without-case   a report was taken in, and its case never opened
 *     no-route               a case was never routed, and nothing says why
 *     no-work-order          a case is with a department, and that department has no work order, or another one has
 *     needless-work-order    a case needs no work (any more), and a department still has a work order
 *     parent-…, parents-…, closed-…
 *                            a joined case is left without anybody: the kinds of libs/contracts' breaches
 *  2  answers-differ         one id was answered with two case numbers or secrets
 *     doubled-case           one id became two cases
 *     doubled-action         one id was done twice
 *     shared-number          two ids were answered with one case number
 *     receipts-of-case       a case stands on no receipt, or on two
 *  3  broken-sequence        a stream has a gap, or a number twice, or goes backwards
 *     same-event-twice       one event id stands at two places
 *     effect-twice           one cause led to the same event twice in one stream
 *     effect-missing         a consumer let a cause go without its effect, and the case was not overtaken
 *     issued-twice           one route led to two work orders
 *     two-departments        a case had two work orders that were not over
 *  5  parked                 a message was parked although nothing was wrong with it
 *  6  rebuilt-differs        a view built anew answers otherwise than before
 *     view-differs-from-log  a list shows another status than the log
 *     case-differs-from-log  a case is shown otherwise than its stream tells
 * 10  notice-missing         a follower was not told of a piece of news
 *     told-twice             a follower has two notices of one piece of news
 *     notice-forgotten       a notice was queued and neither sent, suppressed nor openly failed
 *     sent-without-mail      a notice is said to be sent, and no mail with its Message-ID left the house
 *     mail-of-nobody         a mail left the house that no notice asked for
 *
 * What it cannot see: effects outside the log and the mail folder, and answers that were never asked for.
 */
import type { Anomaly, History } from './history.js';
import { checkAnswers } from './checks/answers.js';
import { checkFates } from './checks/fates.js';
import { checkFollowers } from './checks/followers.js';
import { checkNotices } from './checks/notices.js';
import { checkOrder } from './checks/order.js';
import { checkViews } from './checks/views.js';
import { Log } from './log-model.js';

/** Everything in the history that the promises exclude; empty where they held. */
export const findAnomalies = (history: History): readonly Anomaly[] => {
  const log = new Log(history.log);
  return [
    ...checkAnswers(history, log),
    ...checkFates(log),
    ...checkFollowers(log),
    ...checkOrder(log),
    ...checkViews(history, log),
    ...checkNotices(history, log),
  ];
};
