import { Controller, Get, Inject, Query } from '@nestjs/common';

import { CLOCK, type Clock } from '@city311/platform';
import type { View } from '@city311/read-models';

import { summarise, type Summary } from '../insights/summary.js';
import { SERVICE_REQUESTS } from '../tokens.js';
import type { ServiceRequestDoc } from '../views/service-requests/service-requests.view.js';
import { questionOf } from './parameters.js';
import { SummaryDto } from './questions.dto.js';

const dimensions = ['department', 'channel', 'neighborhood'];

/** Counts for dashboards, as of any instant; confidential cases are counted, never shown. */
@Controller('api/insights')
export class InsightsController {
  constructor(
    @Inject(SERVICE_REQUESTS) private readonly requests: View<ServiceRequestDoc>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('summary')
  async summary(@Query() query: Readonly<Record<string, unknown>>): Promise<Summary> {
    const { asOf = this.clock.now().toISOString() } = questionOf(SummaryDto, query);
    const [standing, overdue] = await Promise.all([
      this.requests.countAsOf(asOf, {}, ['state', 'onTime', ...dimensions]),
      this.requests.countAsOf(asOf, { state: 'open', dueAt: { lt: asOf } }, dimensions),
    ]);
    return summarise(asOf, standing, overdue);
  }
}
