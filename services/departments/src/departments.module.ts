import { Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

import type { City } from '@city311/city';
import type { EventStore } from '@city311/eventing';
import {
  BACKGROUND,
  CITY,
  CLOCK,
  EVENT_STORE,
  LEASES,
  LOGGER,
  tracedTimers,
  VAULT,
  viewProvider,
  type Background,
  type Clock,
  type Logger,
} from '@city311/platform';
import { topics } from '@city311/contracts';
import type { View } from '@city311/read-models';
import { createTimerRunner, type Leases, type TimerRunner } from '@city311/scheduling';
import type { Vault } from '@city311/vault';

import { CaseConsumer } from './consumers/case.consumer.js';
import { InboxBell } from './http/inbox-bell.js';
import { Inbox } from './http/inbox.query.js';
import { WorkOrderDesk } from './http/work-order-desk.js';
import { WorkOrdersController } from './http/work-orders.controller.js';
import { CaseWork } from './policies/case-work.js';
import { DueTimers } from './timers/due-timers.js';
import {
  CASE_WORK,
  DUE_TIMERS,
  INBOX,
  INBOX_BELL,
  WORK_ORDER_DESK,
  WORK_ORDER_HANDLER,
  WORK_ORDERS,
} from './tokens.js';
import { workOrdersProjection } from './views/work-orders.projection.js';
import type { WorkOrderRow } from './views/work-orders.view.js';
import { createWorkOrderHandler, type WorkOrderHandler } from './work-orders/work-order-handler.js';

@Module({
  controllers: [WorkOrdersController, CaseConsumer],
  providers: [
    { provide: INBOX_BELL, useFactory: () => new InboxBell() },
    {
      provide: WORK_ORDER_HANDLER,
      inject: [EVENT_STORE],
      useFactory: createWorkOrderHandler,
    },
    viewProvider(WORK_ORDERS, [INBOX_BELL], (bell: InboxBell) => ({
      projection: workOrdersProjection,
      topic: topics.workOrder.name,
      onApplied: () => bell.ring(),
    })),
    {
      provide: CASE_WORK,
      inject: [EVENT_STORE, WORK_ORDER_HANDLER],
      useFactory: (store: EventStore, handler: WorkOrderHandler) => new CaseWork(store, handler),
    },
    {
      provide: INBOX,
      inject: [WORK_ORDERS, INBOX_BELL, CLOCK],
      useFactory: (view: View<WorkOrderRow>, bell: InboxBell, clock: Clock) => new Inbox(view, bell, clock),
    },
    {
      provide: WORK_ORDER_DESK,
      inject: [WORK_ORDER_HANDLER, VAULT, CLOCK, CITY],
      useFactory: (handler: WorkOrderHandler, vault: Vault, clock: Clock, city: City) =>
        new WorkOrderDesk(handler, vault, clock, city),
    },
    {
      provide: DUE_TIMERS,
      inject: [WORK_ORDERS, WORK_ORDER_HANDLER, LEASES, CLOCK, CITY, LOGGER],
      useFactory: (
        view: View<WorkOrderRow>,
        handler: WorkOrderHandler,
        leases: Leases,
        clock: Clock,
        city: City,
        logger: Logger,
      ) =>
        createTimerRunner({
          name: 'departments-due',
          source: tracedTimers('departments-due', new DueTimers(view, handler, clock, city.jurisdiction)),
          leases,
          clock,
          onFailure: ({ timer, error }) =>
            logger.warn({ err: error, timer: timer?.id }, 'a due timer failed'),
        }),
    },
  ],
})
export class DepartmentsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(DUE_TIMERS) private readonly timers: TimerRunner,
    @Inject(INBOX) private readonly inbox: Inbox,
    @Inject(BACKGROUND) private readonly background: Background,
  ) {}

  onApplicationBootstrap(): void {
    if (this.background.here) this.timers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.inbox.close();
    await this.timers.stop();
  }
}
