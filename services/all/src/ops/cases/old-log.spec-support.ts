import { join } from 'node:path';

import Database from 'better-sqlite3';

import { newEventId, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName, type RecordedEvent, type StreamName } from '@city311/kernel';

/** Writes what an older program wrote, past the services. */
export class OldLog {
  #seconds = 0;

  constructor(readonly store: EventStore) {}

  static async open(folder: string): Promise<OldLog> {
    return new OldLog(await openSqliteEventStore({ folder }));
  }

  at(): string {
    this.#seconds += 1;
    return new Date(Date.parse('2026-11-20T12:00:00.000Z') + this.#seconds * 1_000).toISOString();
  }

  async #append(stream: StreamName, caseNumber: string, type: string, data: object): Promise<void> {
    const event = {
      id: newEventId(),
      type,
      source: '/old',
      subject: caseNumber,
      time: this.at(),
      actor: 'policy:old',
      jurisdiction: 'boston',
      imported: false,
      correlationId: 'old',
      data,
    };
    await this.store.append(stream, [event], 'any');
  }

  case(caseNumber: string, name: string, data: object = {}): Promise<void> {
    const stream = streamName('intake.case', caseNumber);
    return this.#append(stream, caseNumber, `intake.${name}.v1`, { caseNumber, ...data });
  }

  order(caseNumber: string, n: number, name: string, data: object = {}): Promise<void> {
    const workOrderId = `${caseNumber}-${n}`;
    const common = { workOrderId, caseNumber, at: this.at() };
    const stream = streamName('departments.workorder', workOrderId);
    return this.#append(stream, caseNumber, `departments.${name}.v1`, { ...common, ...data });
  }

  cancelOrder(caseNumber: string, n: number, reason: string): Promise<void> {
    return this.order(caseNumber, n, 'WorkOrderCancelled', { reason, causedBySequence: 100 });
  }

  async link(caseNumber: string, parent: string): Promise<void> {
    await this.case(caseNumber, 'CaseLinked', { parent, linkedAt: this.at() });
    await this.cancelOrder(caseNumber, 1, 'case-linked');
  }

  close(caseNumber: string, more: object = {}): Promise<void> {
    const data = { outcome: 'resolved', outcomeLabel: '', media: [], closedAt: this.at(), onTime: true };
    return this.case(caseNumber, 'CaseClosed', { ...data, ...more });
  }

  closeWith(caseNumber: string, parent: string): Promise<void> {
    return this.close(caseNumber, { outcome: 'duplicate', followedParent: parent });
  }

  reopen(caseNumber: string): Promise<void> {
    return this.case(caseNumber, 'CaseReopened', { reopenedAt: this.at(), dueAt: null });
  }

  /** The same events again, as those of another case. */
  async copy(events: readonly RecordedEvent[], from: string, to: string): Promise<void> {
    for (const { stream, type, data } of events)
      await this.#append(
        stream.replace(from, to) as StreamName,
        to,
        type,
        JSON.parse(JSON.stringify(data).replaceAll(from, to)) as object,
      );
  }

  /** Closes the log of a folder; the old consumers had taken everything. */
  async end(folder: string): Promise<void> {
    const head = await this.store.head();
    await this.store.close();
    const db = new Database(join(folder, 'consumers.db'));
    db.prepare('UPDATE checkpoints SET position = ?').run(head);
    db.close();
  }
}
