import { setTimeout as pause } from 'node:timers/promises';

import type { Notice, NoticeCommand, NoticeQueued } from '@city311/domain-notifications';
import { activeTraceparent, type CommandItem } from '@city311/eventing';
import { outsideOfTraces, type Clock, type Logger } from '@city311/platform';
import type { Contact, Vault } from '@city311/vault';

import { acting, noticeStream, subscriptionId, type NoticeHandler } from '../handlers.js';
import type { Delivery, Mail, MailTransport } from '../mail/mail.js';
import { render, type RenderSettings } from '../mail/render.js';
import type { Followers } from '../policies/followers.js';
import { retryDelayMs } from './backoff.js';
import { DailyMails } from './daily-mails.js';

type Message = NoticeQueued['data'];

interface Job {
  readonly message: Message;
  /** Tries that failed before this one. */
  readonly attempts: number;
  /** Trace of whoever asked for it. */
  readonly traceparent: string | undefined;
  /** By `performance.now()`. */
  readonly takenAt: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const batchSize = 200;
const batchesAtOnce = 2;
/** What does not fit is durable: the timer finds it again. */
const maxWaiting = 20_000;
const closeWaitMs = 5_000;
/** Behind a backlog: the timer of another process may have sent it meanwhile. */
const longWaitMs = 5_000;

/** Sends what was queued and records what became of it, in batches. */
export class MailRoom {
  readonly #waiting: Job[] = [];
  readonly #inHand = new Set<string>();
  readonly #daily: DailyMails;
  #running = 0;
  #closed = false;
  #idle = Promise.withResolvers<void>();

  constructor(
    private readonly parts: {
      readonly notices: NoticeHandler;
      readonly followers: Pick<Followers, 'haveLeft'>;
      readonly vault: Vault;
      readonly transport: MailTransport;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly settings: RenderSettings;
      /** Messages that an address may be sent in a day. */
      readonly mailsPerDay: number;
      /** How long a notice may have waited before it is looked at again. Default 5,000. */
      readonly longWaitMs?: number;
    },
  ) {
    this.#daily = new DailyMails(parts.mailsPerDay);
  }

  /** Takes a fresh notice along without waiting for it. */
  post(message: Message, traceparent: string | undefined): void {
    if (this.#waiting.length >= maxWaiting) return;
    this.deliver(message, 0, traceparent).catch((error: unknown) => {
      this.parts.logger.warn({ err: error, notice: message.noticeId }, 'a notice will be tried again');
    });
  }

  /** Resolves once what became of the try is durable; at once where the notice is in hand already. */
  deliver(message: Message, attempts: number, traceparent = activeTraceparent()): Promise<void> {
    if (this.#closed || this.#inHand.has(message.noticeId)) return Promise.resolve();
    this.#inHand.add(message.noticeId);
    return new Promise((resolve, reject) => {
      const takenAt = performance.now();
      this.#waiting.push({ message, attempts, traceparent, takenAt, done: resolve, failed: reject });
      if (this.#running < batchesAtOnce) {
        this.#running += 1;
        // A turn later, so that notices posted together travel together.
        setImmediate(() => void outsideOfTraces(() => this.#work()));
      }
    });
  }

  /** Takes nothing more and gives the batches in hand a while; what has no end then is found at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { message, done } of this.#waiting.splice(0)) {
      this.#inHand.delete(message.noticeId);
      done();
    }
    const longEnough = pause(closeWaitMs, 'late', { ref: false });
    while (this.#running > 0 && (await Promise.race([this.#idle.promise, longEnough])) !== 'late');
  }

  async #work(): Promise<void> {
    for (let jobs = this.#waiting.splice(0, batchSize); jobs.length > 0;) {
      try {
        const wanted = await this.#stillWanted(jobs);
        if (wanted.length > 0) await this.#sendAll(wanted);
      } catch (error) {
        for (const job of jobs) job.failed(error);
      }
      for (const { message } of jobs) this.#inHand.delete(message.noticeId);
      jobs = this.#waiting.splice(0, batchSize);
    }
    this.#running -= 1;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers<void>();
  }

  /** Without those that waited long and that somebody else ended meanwhile. */
  async #stillWanted(jobs: readonly Job[]): Promise<readonly Job[]> {
    const old = jobs.filter(
      ({ takenAt }) => performance.now() - takenAt > (this.parts.longWaitMs ?? longWaitMs),
    );
    if (old.length === 0) return jobs;
    const states = await Promise.all(
      old.map(({ message }) => this.parts.notices.load(noticeStream(message.noticeId))),
    );
    const ended = new Set(old.filter((_, index) => !isWaiting(states[index]?.state)));
    for (const { done } of ended) done();
    return jobs.filter((job) => !ended.has(job));
  }

  async #sendAll(jobs: readonly Job[]): Promise<void> {
    const { vault, followers, transport, settings } = this.parts;
    const [contacts, left, crewTexts] = await Promise.all([
      vault.contacts([...new Set(jobs.map(({ message }) => message.contactId))]),
      followers.haveLeft(jobs.map(({ message }) => subscriptionId(message.caseNumber, message.contactId))),
      this.#revealed(jobs),
    ]);
    const mails: Mail[] = [];
    const sending: Job[] = [];
    const outcomes: { readonly job: Job; readonly command: NoticeCommand }[] = [];
    const now = this.parts.clock.now();
    const at = now.toISOString();
    for (const job of jobs) {
      const { message } = job;
      const contact = contacts.get(message.contactId);
      const reason = left.has(subscriptionId(message.caseNumber, message.contactId))
        ? 'unsubscribed'
        : unreachable(contact);
      if (reason !== null || contact?.email === undefined) {
        outcomes.push({
          job,
          command: { type: 'SuppressNotice', data: { at, reason: reason ?? 'no-address' } },
        });
        continue;
      }
      // A try that failed was counted; it was not one message more.
      if (job.attempts === 0 && !this.#daily.take(contact.email, now)) {
        outcomes.push({ job, command: { type: 'SuppressNotice', data: { at, reason: 'too-many' } } });
        continue;
      }
      mails.push(render(message, contact.email, crewTexts.get(message.noticeId) ?? null, settings));
      sending.push(job);
    }
    const deliveries = mails.length === 0 ? [] : await transport.send(mails);
    for (const [index, job] of sending.entries()) {
      const delivery = deliveries[index] ?? { outcome: 'uncertain', reason: 'no answer' };
      outcomes.push({ job, command: this.#commandFor(delivery, job.attempts) });
    }
    await this.#record(outcomes);
  }

  async #revealed(jobs: readonly Job[]): Promise<ReadonlyMap<string, string>> {
    const written = jobs.flatMap(({ message: { noticeId, facts } }) =>
      facts.text === undefined ? [] : [{ noticeId, text: facts.text }],
    );
    const revealed = new Map<string, string>();
    if (written.length === 0) return revealed;
    const texts = await this.parts.vault.reveal(written.map(({ text }) => text));
    for (const [index, { noticeId }] of written.entries()) {
      const text = texts[index];
      if (typeof text === 'string') revealed.set(noticeId, text);
    }
    return revealed;
  }

  #commandFor(delivery: Delivery, attempts: number): NoticeCommand {
    const now = this.parts.clock.now();
    const at = now.toISOString();
    switch (delivery.outcome) {
      case 'sent':
        return { type: 'RecordSent', data: { at } };
      case 'uncertain':
        return { type: 'RecordUncertain', data: { at, reason: delivery.reason } };
      case 'failed': {
        const retryAt = delivery.permanent
          ? null
          : new Date(now.getTime() + retryDelayMs(attempts)).toISOString();
        return { type: 'RecordFailure', data: { at, reason: delivery.reason, retryAt } };
      }
    }
  }

  async #record(outcomes: readonly { readonly job: Job; readonly command: NoticeCommand }[]): Promise<void> {
    const { jurisdiction } = this.parts.settings.city;
    const items = outcomes.map(({ job: { message, traceparent }, command }): CommandItem<NoticeCommand> => ({
      stream: noticeStream(message.noticeId),
      command,
      context: acting(
        'policy:mail-room',
        message.caseNumber,
        command.type === 'QueueNotice' ? command.data.queuedAt : command.data.at,
        jurisdiction,
        traceparent,
      ),
    }));
    const results = await this.parts.notices.handleMany(items);
    for (const [index, { job }] of outcomes.entries()) {
      const result = results[index];
      // A refusal says that somebody else ended it meanwhile.
      if (result?.outcome === 'failed') job.failed(result.error);
      else job.done();
    }
  }
}

const isWaiting = (state: Notice | undefined): boolean => state !== undefined && 'attempt' in state;

const unreachable = (contact: Contact | undefined): 'erased' | 'no-address' | 'no-consent' | null => {
  if (contact === undefined) return 'erased';
  if (!contact.consent) return 'no-consent';
  return contact.email === undefined ? 'no-address' : null;
};
