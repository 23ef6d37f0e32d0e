import { Controller, Inject } from '@nestjs/common';

import { topics } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import { ConsumeBatch } from '@city311/messaging';

import { routedTypes, type CaseRouter } from '../decisions/case-router.js';
import { CASE_ROUTER } from '../tokens.js';

/** Case topic -> routing decisions. */
@Controller()
export class CaseConsumer {
  constructor(@Inject(CASE_ROUTER) private readonly router: CaseRouter) {}

  @ConsumeBatch({ topic: topics.case.name, group: 'city311.routing.on-case', types: routedTypes })
  async onCase(events: readonly PublicEvent[]): Promise<void> {
    await this.router.follow(events);
  }
}
