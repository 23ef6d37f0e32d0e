import type { City } from '@city311/city';
import {
  caseDecider,
  photoKey,
  type Case,
  type CaseCommand,
  type CaseRefusal,
  type OpenedCase,
  type SayingTaken,
  type StoredCaseEvent,
} from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import type { CaseNumber, Instant, ProtectedText, RecordedEvent, WrittenText } from '@city311/kernel';
import { cleanCode, cleanText, problem, type ProblemException } from '@city311/platform';
import type { Author, ContactDetails, Vault } from '@city311/vault';

import { caseCodec } from '../case.codec.js';
import type { CaseHandler } from '../cases/case-handler.js';
import { noSuchCase, type CaseLookup } from '../cases/case-lookup.js';
import type { ReceiptHandler } from './receipt-handler.js';
import { saysWho } from './named-person.js';
import { actingAs, dueAfterReopening, refusalProblem } from './reporter-actions.js';
import { caseStream, receiptStream } from './report-intake.js';

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
  /** The system that the key speaks for: an alias means its id first. */
  readonly ownSystem?: string;
  /** Hash of the key under which it may be sent again. */
  readonly key: string;
  /** All that was sent, but the secret, as one text: the same again is the same text. */
  readonly body: string;
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
  readonly receipts: ReceiptHandler;
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

/**
 * Comments, photos, withdrawals and reopenings by reporters and staff, each once. A receipt under the sender's key
 * stands before what it leads to and holds a keyed digest of what was said: whatever comes in under the key at the same
 * moment, one body counts. Nothing is answered as done whose words are not in the case.
 */
export class CaseActions {
  constructor(private readonly ports: CaseActionsPorts) {}

  /** @throws ProblemException  404, 403 for a wrong secret, 409 where it does not fit or was sent with another body */
  async act(action: CaseAction): Promise<Acted> {
    const { lookup, receipts, cases } = this.ports;
    const caseNumber = await lookup.caseNumberOf(action.caseNumber, patienceMs, action.ownSystem);
    const digest = this.ports.vault.deriveSecret('what was said', action.body);
    const [{ state: receipt }, { state }] = await Promise.all([
      receipts.load(receiptStream(action.key)),
      cases.load(caseStream(caseNumber)),
    ]);
    if (state.status === 'not-opened') throw noSuchCase();
    if (receipt.status === 'taken' && receipt.digest !== digest) throw differentBody();
    // The stream itself is read only where it can matter: somebody may have said a thousand things about one case.
    const isRead = action.isHistory || receipt.status === 'taken' || mayHaveBeenDone(action, state);
    const events = isRead ? (await lookup.stateOf(caseNumber)).events : [];
    if (await this.#isRepeated(action, events)) return { caseNumber, isNew: false };
    const imported = events[0]?.imported === true && action.isHistory;
    const command = (text: WrittenText | undefined): CaseCommand =>
      this.#command(action, caseNumber, state, imported, text);
    const text = textOf(action.asked);
    const tried = caseDecider.decide(command(text === undefined ? undefined : blank), state);
    if (tried.outcome === 'refused') throw refusalProblem(tried.refusal);
    if (tried.events.length === 0) refuseLostWords(action, state);

    const context = this.#context(action, caseNumber, imported);
    await this.#take(action, { caseNumber, digest, saidAt: action.at }, context);
    if (tried.events.length === 0) return { caseNumber, isNew: false };
    const written = text === undefined ? undefined : await this.#protect(action.asked, caseNumber, text);
    if (action.asked.type === 'withdraw' && written !== undefined)
      await this.#noteReason(action, caseNumber, written, context);
    const handled = await this.ports.cases.handle(caseStream(caseNumber), command(written), context);
    if (handled.outcome === 'accepted') {
      if (handled.events.length === 0) refuseLostWords(action, handled.state);
      return { caseNumber, isNew: handled.events.length > 0 };
    }
    // The same event may have come in twice at once: then the other one has done it.
    const now = await lookup.stateOf(caseNumber);
    if (await this.#isRepeated(action, now.events)) return { caseNumber, isNew: false };
    throw refusalProblem(handled.refusal);
  }

  /** @throws ProblemException  409 where the key was used for another body, at this very moment perhaps */
  async #take({ key }: CaseAction, data: SayingTaken, context: CommandContext): Promise<void> {
    const { receipts } = this.ports;
    const taken = await receipts.handle(receiptStream(key), { type: 'TakeSaying', data }, context);
    if (taken.outcome === 'refused') throw differentBody();
  }

  /**
   * Whether the case's own stream shows this very event. What was taken without a receipt, by an older version, is
   * compared with what the stream says, which may have been kept as it came.
   * @throws ProblemException  409 for other words
   */
  async #isRepeated({ asked, key }: CaseAction, events: readonly RecordedEvent[]): Promise<boolean> {
    const own = events
      .filter(({ correlationId }) => correlationId === key)
      .map(({ type, data }) => caseCodec.fromWire(type, data));
    const done = own.find(({ type }) => type === eventOf[asked.type]);
    if (done === undefined) return false;
    if (done.type === 'PhotoAdded' && asked.type === 'add-photo') {
      if (done.data.media.kind === 'external' && cleanCode(done.data.media.url) !== asked.url)
        throw differentBody();
      return true;
    }
    const text = own.flatMap(wordsIn)[0];
    const [before] = text === undefined ? [undefined] : await this.ports.vault.reveal([text.original]);
    // Null: erased since, and nobody can tell any more.
    if (before !== null && cleanText(before ?? '') !== (textOf(asked) ?? '')) throw differentBody();
    return true;
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
    const noted = await this.ports.cases.handle(
      caseStream(caseNumber),
      { type: 'AddComment', data: { ...note, ...acting } },
      context,
    );
    if (noted.outcome === 'refused') throw refusalProblem(noted.refusal);
  }

  async #protect(asked: Asked, caseNumber: CaseNumber, text: string): Promise<WrittenText> {
    const contact = asked.type === 'comment' ? asked.contact : undefined;
    return this.ports.vault.protectWritten(await this.#author(caseNumber, contact), text);
  }

  async #author(
    caseNumber: CaseNumber,
    contact: Partial<Omit<ContactDetails, 'language'>> | undefined,
  ): Promise<Author> {
    if (!saysWho(contact)) return `case:${caseNumber}`;
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

/** Whether the case may show this very event, as far as its state tells. */
const mayHaveBeenDone = ({ asked, key }: CaseAction, state: OpenedCase): boolean => {
  switch (asked.type) {
    case 'comment':
      return state.commentIds.includes(commentIdOf(key));
    case 'add-photo':
      // What an older version took was kept as it came.
      return state.photos.map(cleanCode).includes(photoKey({ kind: 'external', url: asked.url }));
    case 'withdraw':
      return state.status === 'withdrawn' || state.commentIds.includes(commentIdOf(key));
    case 'reopen':
      return state.reopenings.includes(key);
  }
};

const differentBody = (): ProblemException =>
  problem(409, 'different-body', 'This event was sent before with another content');

const wordsIn = (event: StoredCaseEvent): readonly WrittenText[] => {
  if (event.type === 'CommentAdded') return [event.data.text];
  return event.type === 'CaseReopened' && event.data.reason !== undefined ? [event.data.reason] : [];
};

/** Somebody else had it done already, and these words are not in the case. */
const refuseLostWords = ({ asked, key }: CaseAction, state: Case): void => {
  if (textOf(asked) === undefined || state.status === 'not-opened') return;
  const isThere =
    asked.type === 'reopen' ? state.reopenings.includes(key) : state.commentIds.includes(commentIdOf(key));
  if (isThere) return;
  const refusal: CaseRefusal =
    state.status === 'withdrawn'
      ? { code: 'case-withdrawn', withdrawnAt: state.withdrawnAt }
      : { code: 'not-closed' };
  throw refusalProblem(refusal);
};

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
