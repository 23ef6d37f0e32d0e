import type { Clock } from '@city311/platform';
import type { Condition, Page, Query, View } from '@city311/read-models';

import { isPlaceInLog } from '../work-order.topic.js';
import type { WorkOrderRow } from '../views/work-orders.view.js';
import { docOfRow, type WorkOrderDoc } from '../work-orders/work-order-doc.js';
import type { InboxBell } from './inbox-bell.js';

export interface InboxQuestion {
  readonly departmentId?: string;
  readonly queue?: string;
  readonly statuses?: readonly string[];
  readonly caseNumber?: string;
  readonly overdue: boolean;
  readonly order: 'number' | 'due';
  /** By issue, with a `next` that later orders always come after. */
  readonly follow: boolean;
  readonly limit: number;
  readonly cursor?: string;
  /** How long to wait for the first item, seconds. */
  readonly waitSeconds: number;
}

/** Where another process fills the view, no bell rings here. */
const lookAgainMs = 1_000;
const open = ['issued', 'claimed', 'accepted', 'scheduled', 'started', 'paused'];

/** Orders of the inbox, from the view. */
export class Inbox {
  readonly #closing = new AbortController();

  constructor(
    private readonly view: View<WorkOrderRow>,
    private readonly bell: InboxBell,
    private readonly clock: Clock,
  ) {}

  /** Lets those who wait go, with nothing: the process stops. */
  close(): void {
    this.#closing.abort();
  }

  /** @throws RangeError  not a cursor of this question */
  async ask(question: InboxQuestion, hungUp: AbortSignal): Promise<Page<WorkOrderDoc>> {
    const giveUp = AbortSignal.any([hungUp, this.#closing.signal]);
    const until = Date.now() + question.waitSeconds * 1_000;
    for (;;) {
      const changed = this.bell.next();
      const page = await this.#look(question);
      const left = until - Date.now();
      if (page.items.length > 0 || left <= 0 || giveUp.aborted) return page;
      await firstOf(changed, Math.min(left, lookAgainMs), giveUp);
    }
  }

  async #look(question: InboxQuestion): Promise<Page<WorkOrderDoc>> {
    const now = this.clock.now().toISOString();
    const { items, next } = await this.view.find(
      question.follow ? followQuery(question, now) : inboxQuery(question, now),
    );
    const docs = items.map((row) => docOfRow(row, now));
    if (!question.follow) return { items: docs, next };
    return { items: docs, next: items.at(-1)?.issuedPosition ?? question.cursor ?? '' };
  }
}

const whereOf = (question: InboxQuestion, now: string): Readonly<Record<string, Condition>> => {
  const { departmentId, queue, statuses, caseNumber, overdue } = question;
  const wanted = overdue ? open.filter((status) => statuses?.includes(status) ?? true) : statuses;
  return {
    ...(departmentId === undefined ? {} : { departmentId }),
    ...(queue === undefined ? {} : { queue }),
    ...(wanted === undefined ? {} : { status: { in: wanted } }),
    ...(caseNumber === undefined ? {} : { caseNumber }),
    ...(overdue ? { dueAt: { gt: '', lt: now } } : {}),
  };
};

const inboxQuery = (question: InboxQuestion, now: string): Query => ({
  where: whereOf(question, now),
  orderBy:
    question.order === 'due'
      ? [{ column: 'dueAt', direction: 'asc' }]
      : [{ column: 'workOrderId', direction: 'asc' }],
  limit: question.limit,
  ...(question.cursor === undefined ? {} : { cursor: question.cursor }),
});

/** An empty cursor stands before the first order. */
const followQuery = (question: InboxQuestion, now: string): Query => {
  const { cursor = '', limit } = question;
  if (cursor !== '' && !isPlaceInLog(cursor)) throw new RangeError('not a place that was given out');
  return {
    where: { ...whereOf(question, now), issuedPosition: { gt: cursor } },
    orderBy: [{ column: 'issuedPosition', direction: 'asc' }],
    limit,
  };
};

const firstOf = (changed: Promise<void>, ms: number, hungUp: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      hungUp.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    hungUp.addEventListener('abort', end, { once: true });
    void changed.then(end);
  });
