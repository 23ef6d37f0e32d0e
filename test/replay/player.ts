import { setTimeout as pause } from 'node:timers/promises';

import type { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { sendBatch } from './batch-results.js';
import { reopeningOf, reportOf } from './case-event.js';
import type { BlockRow, SourceRow } from './columns.js';
import { completionOf, endingOf } from './completion.js';
import { EarlyOrders } from './early-orders.js';
import { followInbox } from './inbox.js';
import { Gate, Lanes } from './lanes.js';
import { isEnded, pageOf, type WorkOrder } from './work-orders.js';

export interface PlayerLimits {
  /** Rows in one POST, at most 500. */
  readonly batchSize: number;
  /** Batches of reports, and batches of completions, under way at a time. */
  readonly lanes: number;
  /** Cases that were reported and not yet closed. */
  readonly inFlight: number;
  /** Without any progress for this long the play ends with what it has. */
  readonly stallMs: number;
}

export const defaultLimits: PlayerLimits = { batchSize: 200, lanes: 4, inFlight: 4_000, stallMs: 60_000 };

/** A row that did not get through, with the door that refused it. */
export interface PlayFailure {
  readonly id: string;
  readonly door: 'row' | 'events' | 'work-orders' | 'reopen';
  readonly reason: string;
}

export interface PlayCounts {
  readonly read: number;
  readonly reported: number;
  readonly completed: number;
  readonly reopened: number;
  readonly inFlight: number;
}

export interface Played extends PlayCounts {
  /** Different case numbers that were answered. */
  readonly cases: number;
  readonly failures: readonly PlayFailure[];
  /** From the first POST until every consumer had caught up. */
  readonly seconds: number;
  readonly drained: boolean;
}

interface Pending {
  readonly row: SourceRow;
  readonly reopens: boolean;
}

/** Plays rows through the public doors of a running system: reports in, work orders out, completions back. */
export class Player {
  private readonly pending = new Map<string, Pending>();
  private readonly early = new EarlyOrders();
  private readonly cases = new Set<string>();
  private readonly failures: PlayFailure[] = [];
  private readonly reopenings: SourceRow[] = [];
  private readonly gate: Gate;
  private readonly reports: Lanes;
  private readonly completions: Lanes;
  private readonly stop = new AbortController();
  private progressAt = Date.now();
  private firstSentAt: number | undefined;
  private counted = { read: 0, reported: 0, completed: 0, reopened: 0 };

  constructor(
    private readonly client: Client,
    private readonly limits: PlayerLimits = defaultLimits,
  ) {
    this.gate = new Gate(limits.inFlight);
    this.reports = new Lanes(limits.lanes);
    this.completions = new Lanes(limits.lanes);
  }

  get counts(): PlayCounts {
    return { ...this.counted, inFlight: this.gate.count };
  }

  /** @throws GaveUpError  the server stopped answering */
  async play(rows: AsyncIterable<BlockRow> | Iterable<BlockRow>): Promise<Played> {
    const following = this.follow();
    const broken = Promise.race([following, this.reports.broken, this.completions.broken]);
    try {
      await Promise.race([this.reportAll(rows), broken, this.untilStalled()]);
      while (this.gate.count > 0 && !this.stalled()) await Promise.race([pause(50), broken]);
      if (!this.stalled()) await this.completions.idle();
    } finally {
      this.stop.abort();
      await following.catch(() => undefined);
    }
    for (const { row } of this.pending.values()) this.fail(row, 'work-orders', 'no work order came');
    let drained = await untilDrained(this.client, this.limits.stallMs);
    if (this.reopenings.length > 0) {
      await this.reopenAll();
      drained = await untilDrained(this.client, this.limits.stallMs);
    }
    const seconds = (performance.now() - (this.firstSentAt ?? performance.now())) / 1000;
    return { ...this.counts, cases: this.cases.size, failures: this.failures, seconds, drained };
  }

  private async reportAll(rows: AsyncIterable<BlockRow> | Iterable<BlockRow>): Promise<void> {
    let batch: SourceRow[] = [];
    const flush = async (): Promise<void> => {
      const full = batch;
      batch = [];
      if (full.length === 0) return;
      await this.gate.enter(full.length);
      await this.reports.start(() => this.report(full));
    };
    for await (const { row } of rows) {
      this.counted.read += 1;
      batch.push(row);
      if (batch.length >= this.limits.batchSize) await flush();
    }
    await flush();
    await this.reports.idle();
  }

  private async report(rows: readonly SourceRow[]): Promise<void> {
    const sound = rows.flatMap((row) => {
      try {
        return [{ row, event: reportOf(row) }];
      } catch (cause) {
        this.fail(row, 'row', String(cause));
        this.gate.leave(1);
        return [];
      }
    });
    this.firstSentAt ??= performance.now();
    const sent = this.early.batchSent();
    const results = await sendBatch(
      this.client,
      {
        path: '/events',
        contentType: 'application/cloudevents-batch+json',
        wrap: (items) => items,
        signal: this.stop.signal,
      },
      sound.map(({ event }) => event),
    );
    const ready: WorkOrder[] = [];
    sound.forEach(({ row }, place) => {
      const { status = 0, caseNumber = '', reason = 'no result' } = results[place] ?? {};
      if ((status !== 200 && status !== 201) || caseNumber === '') {
        this.fail(row, 'events', `${status} ${reason}`);
        this.gate.leave(1);
        return;
      }
      this.counted.reported += 1;
      this.cases.add(caseNumber);
      const ending = endingOf(row);
      if (ending === 'open') return this.gate.leave(1);
      this.pending.set(caseNumber, { row, reopens: ending === 'reopened' });
      const order = this.early.take(caseNumber);
      if (order !== undefined) ready.push(order);
    });
    this.early.batchAnswered(sent);
    this.progressAt = Date.now();
    await this.completeAll(ready);
  }

  private async follow(): Promise<void> {
    for await (const orders of followInbox(this.client, this.stop.signal)) await this.completeAll(orders);
  }

  private async completeAll(orders: readonly WorkOrder[]): Promise<void> {
    const ready: { readonly order: WorkOrder; readonly pending: Pending }[] = [];
    for (const order of orders) {
      const pending = this.pending.get(order.caseNumber);
      if (pending === undefined) {
        this.early.keep(order);
        continue;
      }
      this.pending.delete(order.caseNumber);
      if (isEnded(order)) this.completed(pending);
      else ready.push({ order, pending });
    }
    for (let start = 0; start < ready.length; start += this.limits.batchSize) {
      const batch = ready.slice(start, start + this.limits.batchSize);
      await this.completions.start(() => this.complete(batch));
    }
  }

  private async complete(
    batch: readonly { readonly order: WorkOrder; readonly pending: Pending }[],
  ): Promise<void> {
    const items = batch.map(({ order, pending }) => ({
      workOrderId: order.workOrderId,
      action: 'complete',
      ...completionOf(pending.row),
    }));
    const results = await sendBatch(
      this.client,
      {
        path: '/api/work-orders/batch',
        contentType: 'application/json',
        wrap: (sent) => ({ items: sent }),
        signal: this.stop.signal,
      },
      items,
    );
    for (const [place, { order, pending }] of batch.entries()) {
      const { status = 0, reason = 'no result' } = results[place] ?? {};
      if (status === 200 || (status === 409 && (await this.isCompleted(order)))) this.completed(pending);
      else {
        this.fail(pending.row, 'work-orders', `${status} ${reason}`);
        this.gate.leave(1);
      }
    }
    this.progressAt = Date.now();
  }

  /** Whether an order that refused to be completed is so already, by an earlier try whose answer was lost. */
  private async isCompleted({ caseNumber, workOrderId }: WorkOrder): Promise<boolean> {
    const path = `/api/work-orders?caseNumber=${caseNumber}`;
    const { body } = await this.client.send({ path, signal: this.stop.signal });
    const found = pageOf(body).orders.find((order) => order.workOrderId === workOrderId);
    return found?.status === 'completed';
  }

  private completed({ row, reopens }: Pending): void {
    this.counted.completed += 1;
    this.gate.leave(1);
    this.progressAt = Date.now();
    if (reopens) this.reopenings.push(row);
  }

  /** Last of all: a case can be opened again only after its close went all the way round. */
  private async reopenAll(): Promise<void> {
    for (let start = 0; start < this.reopenings.length; start += this.limits.batchSize) {
      const rows = this.reopenings.slice(start, start + this.limits.batchSize);
      const results = await sendBatch(
        this.client,
        { path: '/events', contentType: 'application/cloudevents-batch+json', wrap: (items) => items },
        rows.map(reopeningOf),
      );
      rows.forEach((row, place) => {
        const { status = 0, reason = 'no result' } = results[place] ?? {};
        if (status === 200 || status === 201) this.counted.reopened += 1;
        else this.fail(row, 'reopen', `${status} ${reason}`);
      });
    }
  }

  private async untilStalled(): Promise<void> {
    const { signal } = this.stop;
    while (!this.stalled() && !signal.aborted) await pause(500, undefined, { signal }).catch(() => undefined);
  }

  private stalled(): boolean {
    return Date.now() - this.progressAt > this.limits.stallMs;
  }

  private fail(row: SourceRow, door: PlayFailure['door'], reason: string): void {
    this.failures.push({ id: row.case_enquiry_id, door, reason: reason.trim() });
  }
}
