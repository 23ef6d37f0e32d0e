import { Controller, Inject } from '@nestjs/common';

import { topics, type WorkOrderEvent } from '@city311/contracts';
import { PoisonMessageError, streamName, type PublicEvent } from '@city311/kernel';
import { ConsumeCases, type Outcome } from '@city311/messaging';

import { following, type CaseHandler } from '../cases/case-handler.js';
import { closeNoSooner } from '../cases/close-no-sooner.js';
import { followWork } from '../policies/follow-work.js';
import { CASE_HANDLER } from '../tokens.js';

/** The case ended or moved on while the crew's news was on its way; the work order's own stream keeps it. */
const overtaken = new Set(['case-closed', 'case-withdrawn', 'not-with-department', 'not-paused']);

/** Makes the public steps of the work public: work-order topic -> commands on the Case. */
@Controller()
export class WorkOrdersConsumer {
  constructor(@Inject(CASE_HANDLER) private readonly cases: CaseHandler) {}

  @ConsumeCases({
    topic: topics.workOrder.name,
    group: 'city311.intake.on-work-order',
    types: [
      'departments.WorkOrderScheduled.v1',
      'departments.WorkOrderStarted.v1',
      'departments.WorkOrderPaused.v1',
      'departments.WorkOrderResumed.v1',
      'departments.WorkOrderCompleted.v1',
      'departments.WorkOrderHandedBack.v1',
    ],
  })
  async onWorkOrder(event: PublicEvent): Promise<Outcome> {
    const reaction = followWork(event as WorkOrderEvent);
    if (reaction.kind === 'ignored') return 'handled';
    const stream = streamName('intake.case', event.subject);
    const context = following(event, 'follow-work');
    const handled =
      reaction.command.type === 'CloseCase'
        ? await closeNoSooner(this.cases, stream, reaction.command, context)
        : await this.cases.handle(stream, reaction.command, context);
    if (handled.outcome === 'accepted') return handled.events.length > 0 ? 'handled' : 'duplicate';
    if (overtaken.has(handled.refusal.code)) return 'handled';
    throw new PoisonMessageError(`the case refused news of its work order: ${handled.refusal.code}`);
  }
}
