import type { ClaimReference, Reference, ReferenceEvent, ReferenceRefusal } from '@city311/domain-intake';
import type { BatchCommandHandler, CommandContext, EventStore } from '@city311/eventing';
import { streamName, type ExternalReference, type StreamName } from '@city311/kernel';
import type { Clock } from '@city311/platform';
import type { View } from '@city311/read-models';

import { aliasColumns, type CaseReferencesDoc } from '../views/case-references.js';
import { sha256 } from './opening.js';
import type { SubmittedReport } from './submitted-report.js';

export interface ReferenceClaimsPorts {
  readonly store: EventStore;
  readonly claims: BatchCommandHandler<Reference, ClaimReference, ReferenceEvent, ReferenceRefusal>;
  readonly references: View<CaseReferencesDoc>;
  readonly clock: Clock;
  readonly jurisdiction: string;
}

/** A claim this old whose report was never taken is free again, milliseconds. */
const abandonedAfterMs = 60_000;

const streamOf = ({ system, id }: ExternalReference): StreamName =>
  streamName('intake.reference', sha256(JSON.stringify([system, id])));

/** Gives each id of another system to one report. */
export class ReferenceClaims {
  #asked: { readonly ids: Set<string>; readonly docs: Promise<readonly CaseReferencesDoc[]> } | null = null;

  constructor(private readonly ports: ReferenceClaimsPorts) {}

  /**
   * Claims every id that the report bears, under its receipt key; durable when this resolves. Quiet the second time.
   * @returns place of the first that is another report's; null where there is none
   */
  async claim(report: SubmittedReport): Promise<number | null> {
    const { externalReferences: wanted } = report;
    if (wanted.length === 0) return null;
    // Cases from before ids were claimed are known by the view alone.
    const docs = await this.#docsWith(wanted.map(({ id }) => id));
    const borne = wanted.findIndex(({ system, id }) =>
      docs.some(({ references }) => references.some((one) => one.system === system && one.id === id)),
    );
    if (borne >= 0) return borne;
    const results = await this.#claimAll(report);
    for (const [index, result] of results.entries()) {
      if (result.outcome === 'failed') throw result.error;
      if (result.outcome === 'accepted') continue;
      const reference = wanted[index];
      if (reference === undefined || !(await this.#takeOver(report, reference, result.refusal))) return index;
    }
    return null;
  }

  /** What is asked for in one turn of the event loop is looked up in one go. */
  #docsWith(ids: readonly string[]): Promise<readonly CaseReferencesDoc[]> {
    if (this.#asked === null) {
      const waiting = new Set<string>();
      const docs = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.#asked = null;
        return this.#find([...waiting]);
      });
      this.#asked = { ids: waiting, docs };
    }
    for (const id of ids) this.#asked.ids.add(id);
    return this.#asked.docs;
  }

  async #find(ids: readonly string[]): Promise<readonly CaseReferencesDoc[]> {
    const found: CaseReferencesDoc[] = [];
    const anyOf = aliasColumns.map((column) => ({ [column]: { in: ids } }));
    for await (const doc of this.ports.references.stream({ anyOf })) found.push(doc);
    return found;
  }

  #claimAll(report: SubmittedReport): ReturnType<ReferenceClaimsPorts['claims']['handleMany']> {
    return this.ports.claims.handleMany(
      report.externalReferences.map((reference) => {
        const stream = streamOf(reference);
        return {
          stream,
          command: {
            type: 'ClaimReference',
            data: { receiptKey: report.receiptKey, claimedAt: this.#now() },
          },
          context: this.#context(stream, report),
          assumeNew: true,
        };
      }),
    );
  }

  /** A process that died between a claim and its receipt must not keep the id from everybody. */
  async #takeOver(
    report: SubmittedReport,
    reference: ExternalReference,
    { receiptKey, claimedAt }: ReferenceRefusal,
  ): Promise<boolean> {
    const { store, clock, claims } = this.ports;
    if (clock.now().getTime() - Date.parse(claimedAt) < abandonedAfterMs) return false;
    if ((await store.readStream(streamName('intake.receipt', receiptKey))).length > 0) return false;
    const stream = streamOf(reference);
    const handled = await claims.handle(
      stream,
      {
        type: 'ClaimReference',
        data: { receiptKey: report.receiptKey, claimedAt: this.#now(), insteadOf: receiptKey },
      },
      this.#context(stream, report),
    );
    return handled.outcome === 'accepted';
  }

  #now(): string {
    return this.ports.clock.now().toISOString();
  }

  #context(stream: StreamName, { adapter, imported, receiptKey }: SubmittedReport): CommandContext {
    return {
      source: '/intake',
      subject: stream,
      time: this.#now(),
      actor: `key:${adapter}`,
      jurisdiction: this.ports.jurisdiction,
      imported: imported !== undefined,
      correlationId: receiptKey,
    };
  }
}
