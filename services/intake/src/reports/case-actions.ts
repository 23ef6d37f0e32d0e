import type { City } from '@city311/city';
import { caseDecider, type CaseCommand, type OpenedCase, type StoredCaseEvent } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import type { CaseNumber, Instant, ProtectedText, RecordedEvent, WrittenText } from '@city311/kernel';
import { problem } from '@city311/platform';
import type { Author, ContactDetails, Vault } from '@city311/vault';

import { caseCodec } from '../case.codec.js';
import type { CaseHandler } from '../cases/case-handler.js';
import type { CaseLookup } from '../cases/case-lookup.js';
import { actingAs, dueAfterReopening, refusalProblem } from './reporter-actions.js';
import { caseStream } from './report-intake.js';

export type Asked =
  | {
      readonly type: 'comment';
      readonly text: string;
      readonly visibility: 'public' | 'internal';
      readonly contact?: Partial<Omit<ContactDetails, 'language'>>;
    }
  | { readonly type: 'add-photo'; readonly url: string }
  | { readonly type: 'withdraw'; readonly reason?: string }
  /** `dueAt` where an older system tells it; else the service level says. */
  | { readonly type: 'reopen'; readonly reason?: string; readonly dueAt?: Instant | null };

/** Something that a channel wants done to a case, checked in form; texts are still in clear. */
export interface CaseAction {
  readonly asked: Asked;
  /** Number or alias. */
  readonly caseNumber: string;
  readonly trackingSecret?: string;
  /** Hash of the key under which it may be sent again. */
  readonly key: string;
  readonly at: Instant;
  readonly actor: string;
  readonly isStaff: boolean;
  /** Tells of the past: a reopening of an imported case then fires nothing. */
  readonly isHistory: boolean;
}

export interface Acted {
  readonly caseNumber: CaseNumber;
  /** False where it had been done before. */
  readonly isNew: boolean;
}

export interface CaseActionsPorts {
  readonly cases: CaseHandler;
  readonly lookup: CaseLookup;
  readonly vault: Vault;
  readonly city: City;
}

/** A channel that has just reported a case under its own number may go on with it at once. */
const patienceMs = 2_000;

/** Stands for a text while a command is tried: nothing is written for one that is refused. */
const blank: WrittenText = { original: '' as ProtectedText, redacted: '' as ProtectedText };

const eventOf: Readonly<Record<Asked['type'], StoredCaseEvent['type']>> = {
  comment: 'CommentAdded',
  'add-photo': 'PhotoAdded',
  withdraw: 'CaseWithdrawn',
  reopen: 'CaseReopened',
};

/** Comments, photos, withdrawals and reopenings by reporters and staff, each once. */
export class CaseActions {
  constructor(private readonly ports: CaseActionsPorts) {}

  /** @throws ProblemException  404, 403 for a wrong secret, 409 where it does not fit or was sent with another text */
  async act(action: CaseAction): Promise<Acted> {
    const caseNumber = await this.ports.lookup.caseNumberOf(action.caseNumber, patienceMs);
    const { state, events } = await this.ports.lookup.stateOf(caseNumber);
    if (await this.#isRepeated(action, events)) return { caseNumber, isNew: false };
    const imported = events[0]?.imported === true && action.isHistory;
    const command = (text: WrittenText | undefined): CaseCommand =>
      this.#command(action, caseNumber, state, imported, text);
    const text = textOf(action.asked);
    const tried = caseDecider.decide(command(text === undefined ? undefined : blank), state);
    if (tried.outcome === 'refused') throw refusalProblem(tried.refusal);
    if (tried.events.length === 0) return { caseNumber, isNew: false };

    const written = text === undefined ? undefined : await this.#protect(action.asked, caseNumber, text);
    const context = this.#context(action, caseNumber, imported);
    if (action.asked.type === 'withdraw' && written !== undefined)
      await this.#noteReason(action, caseNumber, written, context);
    const handled = await this.ports.cases.handle(caseStream(caseNumber), command(written), context);
    if (handled.outcome === 'accepted') return { caseNumber, isNew: handled.events.length > 0 };
    // The same event may have come in twice at once: then the other one has done it.
    const now = await this.ports.lookup.stateOf(caseNumber);
    if (await this.#isRepeated(action, now.events)) return { caseNumber, isNew: false };
    throw refusalProblem(handled.refusal);
  }

  /** Whether the case's own stream shows this very event. @throws ProblemException  409 for another text */
  async #isRepeated({ asked, key }: CaseAction, events: readonly RecordedEvent[]): Promise<boolean> {
    for (const stored of events) {
      if (stored.correlationId !== key) continue;
      const event = caseCodec.fromWire(stored.type, stored.data);
      if (event.type !== eventOf[asked.type]) continue;
      if (asked.type !== 'comment' || event.type !== 'CommentAdded') return true;
      const [before] = await this.ports.vault.reveal([event.data.text.original]);
      if (before === null || before === asked.text) return true;
      throw problem(409, 'different-body', 'This event was sent before with another content');
    }
    return false;
  }

  #command(
    { asked, key, at, isStaff, trackingSecret }: CaseAction,
    caseNumber: CaseNumber,
    { serviceCode }: OpenedCase,
    imported: boolean,
    text: WrittenText | undefined,
  ): CaseCommand {
    const acting = actingAs(isStaff, trackingSecret);
    switch (asked.type) {
      case 'comment': {
        const { visibility } = asked;
        const comment = { caseNumber, commentId: commentIdOf(key), visibility, text: text ?? blank };
        return { type: 'AddComment', data: { ...comment, commentedAt: at, ...acting } };
      }
      case 'add-photo': {
        const media = { kind: 'external', url: asked.url } as const;
        return { type: 'AddPhoto', data: { caseNumber, media, addedAt: at, ...acting } };
      }
      case 'withdraw':
        return { type: 'WithdrawCase', data: { caseNumber, withdrawnAt: at, ...acting } };
      case 'reopen': {
        const dueAt =
          asked.dueAt === undefined ? dueAfterReopening(this.ports.city, serviceCode, at) : asked.dueAt;
        const reason = text === undefined ? {} : { reason: text };
        return {
          type: 'ReopenCase',
          data: { caseNumber, reopenedAt: at, dueAt, imported, requestId: key, ...reason, ...acting },
        };
      }
    }
  }

  /** The case has no member for why it was withdrawn: the reason is the reporter's last comment, or a note of staff. */
  async #noteReason(
    { key, at, isStaff, trackingSecret }: CaseAction,
    caseNumber: CaseNumber,
    text: WrittenText,
    context: CommandContext,
  ): Promise<void> {
    const acting = actingAs(isStaff, trackingSecret);
    const visibility = acting.by === 'staff' ? 'internal' : 'public';
    const note = { caseNumber, commentId: commentIdOf(key), visibility, text, commentedAt: at } as const;
    await this.ports.cases.handle(
      caseStream(caseNumber),
      { type: 'AddComment', data: { ...note, ...acting } },
      context,
    );
  }

  async #protect(asked: Asked, caseNumber: CaseNumber, text: string): Promise<WrittenText> {
    const contact = asked.type === 'comment' ? asked.contact : undefined;
    return this.ports.vault.protectWritten(await this.#author(caseNumber, contact), text);
  }

  async #author(
    caseNumber: CaseNumber,
    contact: Partial<Omit<ContactDetails, 'language'>> | undefined,
  ): Promise<Author> {
    if (contact === undefined || (contact.email === undefined && contact.phone === undefined))
      return `case:${caseNumber}`;
    const contactId = await this.ports.vault.rememberContact({
      ...contact,
      consent: contact.consent ?? false,
      language: 'en',
    });
    await this.ports.vault.noteCase(`contact:${contactId}`, caseNumber);
    return `contact:${contactId}`;
  }

  #context(action: CaseAction, caseNumber: CaseNumber, imported: boolean): CommandContext {
    return {
      source: '/intake',
      subject: caseNumber,
      time: action.at,
      actor: action.actor,
      jurisdiction: this.ports.city.jurisdiction,
      imported,
      correlationId: action.key,
    };
  }
}

const commentIdOf = (key: string): string => key.slice(0, 22);

const textOf = (asked: Asked): string | undefined => {
  switch (asked.type) {
    case 'comment':
      return asked.text;
    case 'add-photo':
      return undefined;
    case 'withdraw':
    case 'reopen':
      return asked.reason === '' ? undefined : asked.reason;
  }
};
