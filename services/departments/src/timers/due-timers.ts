import type { WorkOrderCommand } from '@city311/domain-departments';
import { factsOf } from '@city311/domain-departments';
import type { Clock } from '@city311/platform';
import type { View } from '@city311/read-models';
import type { DueTimer, TimerSource } from '@city311/scheduling';

import type { WorkOrderRow } from '../views/work-orders.view.js';
import { onBehalf, workOrderStream, type WorkOrderHandler } from '../work-orders/work-order-handler.js';

/** Warnings that an order is due soon or overdue: the inbox tells which are due, the order takes each once. */
export class DueTimers implements TimerSource {
  constructor(
    private readonly view: View<WorkOrderRow>,
    private readonly handler: WorkOrderHandler,
    private readonly clock: Clock,
    private readonly jurisdiction: string,
  ) {}

  async dueTimers(now: string, limit: number): Promise<readonly DueTimer[]> {
    const { items } = await this.view.find({
      where: { timerAt: { gt: '', lte: now } },
      orderBy: [{ column: 'timerAt', direction: 'asc' }],
      limit,
    });
    return items.map(({ workOrderId, timerAt }) => ({ id: workOrderId, dueAt: timerAt ?? now }));
  }

  async nextDue(): Promise<string | null> {
    const { items } = await this.view.find({
      where: { timerAt: { gt: '' } },
      orderBy: [{ column: 'timerAt', direction: 'asc' }],
      limit: 1,
    });
    return items[0]?.timerAt ?? null;
  }

  async fire({ id }: DueTimer): Promise<void> {
    const stream = workOrderStream(id);
    const { state } = await this.handler.load(stream);
    const order = factsOf(state)?.order;
    if (order === undefined || order.dueAt === null) return;
    const at = this.clock.now().toISOString();
    const data = { at, dueAt: order.dueAt };
    const command: WorkOrderCommand =
      at < order.dueAt ? { type: 'NoteDueSoon', data } : { type: 'NoteOverdue', data };
    await this.handler.handle(stream, onBehalf(null, command), {
      source: '/departments',
      subject: order.caseNumber,
      time: at,
      actor: 'policy:due-timers',
      jurisdiction: this.jurisdiction,
      imported: false,
      correlationId: crypto.randomUUID(),
    });
  }
}
