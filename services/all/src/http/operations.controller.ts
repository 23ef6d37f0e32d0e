import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';

import { Roles } from '@city311/platform';

import { Readiness } from '../readiness.js';
import { Metrics } from './metrics.js';
import type { BackgroundWork } from '../threads/background-work.js';
import type { Status } from './status.js';
import { BACKGROUND_WORK } from './tokens.js';

interface Reply {
  status(code: number): Reply;
}

/** What operators and their tools ask of a process. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(BACKGROUND_WORK) private readonly background: BackgroundWork,
  ) {}

  @Get('health/live')
  live(): object {
    return { live: true };
  }

  @Get('health/ready')
  @HttpCode(200)
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    const waitingFor = await this.readiness.waitingFor();
    if (waitingFor.length > 0) reply.status(503);
    return { ready: waitingFor.length === 0, waitingFor };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape(): Promise<string> {
    return this.metrics.text();
  }

  @Get('api/status')
  @Roles('operator', 'importer')
  status(): Promise<Status> {
    return this.background.status();
  }
}
