import type { WorkOrder } from './work-orders.js';

/**
 * Orders seen before the answer that names their case: the inbox can be quicker than the reply to a large batch.
 * An order that belongs to none of our cases is forgotten once every batch sent before it came has been answered.
 */
export class EarlyOrders {
  private readonly orders = new Map<string, { readonly order: WorkOrder; readonly lastBatch: number }>();
  private readonly unanswered = new Set<number>();
  private last = 0;

  get size(): number {
    return this.orders.size;
  }

  batchSent(): number {
    this.last += 1;
    this.unanswered.add(this.last);
    return this.last;
  }

  batchAnswered(batch: number): void {
    this.unanswered.delete(batch);
    const oldest = Math.min(...this.unanswered, this.last + 1);
    for (const [caseNumber, { lastBatch }] of this.orders) {
      if (lastBatch >= oldest) return;
      this.orders.delete(caseNumber);
    }
  }

  keep(order: WorkOrder): void {
    if (this.unanswered.size === 0 || this.orders.has(order.caseNumber)) return;
    this.orders.set(order.caseNumber, { order, lastBatch: this.last });
  }

  take(caseNumber: string): WorkOrder | undefined {
    const found = this.orders.get(caseNumber);
    this.orders.delete(caseNumber);
    return found?.order;
  }
}
