import { Controller, Inject } from '@nestjs/common';

import { topics } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import { ConsumeBatch } from '@city311/messaging';

import { newsTypes } from '../policies/case-news.js';
import type { CaseWork } from '../policies/case-work.js';
import { CASE_WORK } from '../tokens.js';

/** Case topic -> work orders issued and cancelled. */
@Controller()
export class CaseConsumer {
  constructor(@Inject(CASE_WORK) private readonly work: CaseWork) {}

  @ConsumeBatch({
    topic: topics.case.name,
    group: 'city311.departments.on-case',
    types: newsTypes,
  })
  async onCase(events: readonly PublicEvent[]): Promise<void> {
    await this.work.follow(events);
  }
}
