import { Controller, Inject } from '@nestjs/common';

import { topics, type RoutingEvent } from '@city311/contracts';
import { PoisonMessageError, streamName, type PublicEvent } from '@city311/kernel';
import { ConsumeCases, type Outcome } from '@city311/messaging';

import { following, type CaseHandler } from '../cases/case-handler.js';
import { followRouting } from '../policies/follow-routing.js';
import { CASE_HANDLER } from '../tokens.js';

/** A route that came too late for a case that was taken back needs no follow-up. */
const overtaken = new Set(['case-withdrawn']);

/** Makes what routing decided public: routing topic -> RouteCase on the Case. */
@Controller()
export class RoutingConsumer {
  constructor(@Inject(CASE_HANDLER) private readonly cases: CaseHandler) {}

  @ConsumeCases({
    topic: topics.routing.name,
    group: 'city311.intake.on-routing',
    types: [
      'routing.RouteDecided.v1',
      'routing.SentToTriage.v1',
      'routing.FoundOutsideCity.v1',
      'routing.ImportedRouteNoted.v1',
    ],
  })
  async onRouting(event: PublicEvent): Promise<Outcome> {
    const command = followRouting(event as RoutingEvent);
    const handled = await this.cases.handle(
      streamName('intake.case', command.data.caseNumber),
      command,
      following(event, 'follow-routing'),
    );
    if (handled.outcome === 'accepted') return handled.events.length > 0 ? 'handled' : 'duplicate';
    if (overtaken.has(handled.refusal.code)) return 'handled';
    throw new PoisonMessageError(`the case refused its route: ${handled.refusal.code}`);
  }
}
