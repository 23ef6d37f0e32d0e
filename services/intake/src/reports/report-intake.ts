import type { City, Service } from '@city311/city';
import { caseDecider, receiptDecider, type CaseOpened, type ReceiptTaken } from '@city311/domain-intake';
import {
  activeTraceparent,
  newEventId,
  VersionConflictError,
  type EventStore,
  type NewEvent,
} from '@city311/eventing';
import { fold, streamName, type CaseNumber, type StreamName } from '@city311/kernel';
import type { Clock } from '@city311/platform';
import { turns, type Vault } from '@city311/vault';

import { caseCodec, receiptCodec } from '../case.codec.js';
import type { CaseNumbers } from '../numbers/case-numbers.js';
import { saysNameOnly } from './named-person.js';
import { openingOf } from './opening.js';
import type { ReferenceClaims } from './reference-claims.js';
import type { Submitted, SubmittedReport } from './submitted-report.js';
import { newTrackingSecret, trackingSecretOf } from './tracking-secret.js';

export interface ReportIntakePorts {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly city: City;
  readonly numbers: CaseNumbers;
  readonly clock: Clock;
  readonly references: Pick<ReferenceClaims, 'claim'>;
}

const settled = (submitted: Promise<Submitted>): Promise<Submitted> =>
  submitted.catch((error: unknown) => ({ outcome: 'failed', error }));

export const receiptStream = (key: string): StreamName => streamName('intake.receipt', key);
export const caseStream = (caseNumber: string): StreamName => streamName('intake.case', caseNumber);

/**
 * Takes reports, each once. A receipt under the sender's key is written first and holds the whole opening, then the
 * case: a report whose answer was lost can be sent again, and a receipt whose case never got written is completed.
 */
export class ReportIntake {
  constructor(private readonly ports: ReportIntakePorts) {}

  /**
   * One result for each report, in order; every case that is named is durable. Of reports under one key the first
   * counts, the others repeat it. One that fails does not keep the others from being taken.
   */
  async submit(
    reports: readonly (SubmittedReport & { readonly service: Service })[],
  ): Promise<readonly Submitted[]> {
    const known = await this.#knownReceipts(reports);
    const lines = new Map<string, Promise<Submitted>>();
    const results = reports.map((report) => {
      const { receiptKey, service } = report;
      const before = lines.get(receiptKey);
      const isKnown = known.has(receiptStream(receiptKey));
      const result =
        before === undefined
          ? settled(isKnown ? this.#repeated(report) : this.#take(report, service))
          : before.then(({ outcome }) =>
              settled(outcome === 'failed' ? this.#take(report, service) : this.#repeated(report)),
            );
      lines.set(receiptKey, result);
      return result;
    });
    return Promise.all(results);
  }

  /**
   * Receipts that stand already. One report alone is hardly ever a repeat: it is taken at once, and the log says so
   * where it was; that costs a repeat a case number, and every other report no read. A name alone would become
   * another contact, which nobody could find to erase.
   */
  async #knownReceipts(reports: readonly SubmittedReport[]): Promise<{ has(stream: StreamName): boolean }> {
    if (reports.length === 1 && !saysNameOnly(reports[0]?.contact)) return new Set();
    return this.ports.store.readStreams(reports.map(({ receiptKey }) => receiptStream(receiptKey)));
  }

  /** Writes the case of a receipt where it is missing; quiet where it stands. */
  async complete({ opening }: ReceiptTaken): Promise<void> {
    if (opening.kind === 'whole') await this.#open(opening.data);
  }

  /** Notes whose text a case carries, so that they can be erased: the process may have died before it was durable. */
  async noteAuthor({ opening }: ReceiptTaken): Promise<void> {
    const contactId = opening.kind === 'whole' ? opening.data.contactId : undefined;
    if (opening.kind === 'whole' && contactId !== undefined)
      await this.ports.vault.noteCase(`contact:${contactId}`, opening.data.caseNumber);
  }

  async #take(report: SubmittedReport, service: Service): Promise<Submitted> {
    const { numbers, store, vault, clock, references } = this.ports;
    // The reports of a batch all begin here, each perhaps with ten ids to claim.
    await turns.next();
    const index = await references.claim(report);
    if (index !== null) {
      // By this very report perhaps.
      const before = await store.readStream(receiptStream(report.receiptKey));
      return before.length > 0 ? this.#repeated(report) : { outcome: 'reference-taken', index };
    }
    const caseNumber = await numbers.take();
    const secret = report.imported === undefined ? newTrackingSecret() : null;
    const { opening: data, trackingSecret } = await openingOf(
      report,
      service,
      caseNumber,
      secret,
      this.ports,
    );
    const taken: ReceiptTaken = {
      caseNumber,
      digest: report.digest,
      opening: { kind: 'whole', data },
      ...(trackingSecret === null ? {} : { trackingSecret }),
      takenAt: clock.now().toISOString(),
    };
    const receipt = this.#envelope(
      data,
      receiptCodec.toWire({ type: 'ReceiptTaken', data: taken }),
      taken.takenAt,
    );
    try {
      await store.append(receiptStream(report.receiptKey), [receipt], 'no-stream');
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      if (data.contactId !== undefined && saysNameOnly(report.contact))
        await vault.erase(`contact:${data.contactId}`, taken.takenAt);
      return this.#repeated(report);
    }
    // Receipts of a batch become durable together: so would all their cases be written in one turn.
    await turns.next();
    await this.#open(data);
    return { outcome: 'opened', caseNumber, trackingSecret: secret, emergencyWords: data.emergencyWords };
  }

  async #repeated(report: SubmittedReport): Promise<Submitted> {
    const stored = await this.ports.store.readStream(receiptStream(report.receiptKey));
    const receipt = fold(
      receiptDecider,
      stored.map((event) => receiptCodec.fromWire(event.type, event.data)),
    );
    if (receipt.status === 'not-taken') throw new Error('a receipt stream without its receipt');
    if (receipt.digest !== report.digest || receipt.opening === null)
      return { outcome: 'different-body', caseNumber: receipt.caseNumber };
    const { caseNumber, opening } = receipt;
    if (opening.kind === 'kept')
      return { outcome: 'repeated', caseNumber, trackingSecret: null, emergencyWords: [] };
    await this.#open(opening.data);
    const trackingSecret = await trackingSecretOf(this.ports.vault, receipt.trackingSecret, opening.data);
    return { outcome: 'repeated', caseNumber, trackingSecret, emergencyWords: opening.data.emergencyWords };
  }

  async #open(data: CaseOpened): Promise<void> {
    const decided = caseDecider.decide({ type: 'OpenCase', data }, caseDecider.initialState);
    if (decided.outcome === 'refused') throw new Error(`an opening was refused: ${decided.refusal.code}`);
    const events = decided.events.map((event) =>
      this.#envelope(data, caseCodec.toWire(event), data.openedAt),
    );
    try {
      await this.ports.store.append(caseStream(data.caseNumber), events, 'no-stream');
    } catch (error) {
      // Somebody completed the same receipt at the same moment, with the same opening.
      if (!(error instanceof VersionConflictError)) throw error;
    }
    if (data.contactId !== undefined)
      void this.ports.vault.noteCase(`contact:${data.contactId}`, data.caseNumber);
  }

  #envelope(
    data: CaseOpened,
    wire: { readonly type: string; readonly data: unknown },
    time: string,
  ): NewEvent {
    const traceparent = activeTraceparent();
    return {
      id: newEventId(),
      ...wire,
      source: '/intake',
      subject: data.caseNumber,
      time,
      actor: `key:${data.adapter}`,
      channel: data.channel,
      jurisdiction: data.jurisdiction,
      imported: data.imported !== undefined,
      correlationId: data.caseNumber satisfies CaseNumber,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
  }
}
