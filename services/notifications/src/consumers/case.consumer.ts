import { Controller, Inject } from '@nestjs/common';

import { topics } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import { ConsumeBatch } from '@city311/messaging';

import { newsTypes } from '../policies/case-news.js';
import type { TellFollowers } from '../policies/tell-followers.js';
import { TELL_FOLLOWERS } from '../tokens.js';

/** Case topic -> subscriptions of reporters, notices to followers. */
@Controller()
export class CaseConsumer {
  constructor(@Inject(TELL_FOLLOWERS) private readonly tell: TellFollowers) {}

  @ConsumeBatch({
    topic: topics.case.name,
    group: 'city311.notifications.on-case',
    types: ['intake.CaseOpened.v1', ...newsTypes],
  })
  async onCase(events: readonly PublicEvent[]): Promise<void> {
    await this.tell.follow(events);
  }
}
