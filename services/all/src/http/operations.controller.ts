import { Controller, Get, HttpCode, Inject, Res } from '@nestjs/common';

import { Roles } from '@city311/platform';

import { Readiness } from '../readiness.js';
import type { BackgroundWork } from '../threads/background-work.js';
import type { Status } from './status.js';
import { BACKGROUND_WORK } from './tokens.js';

interface Reply {
  status(code: number): Reply;
}

/** What operators and their tools ask of a process where everybody reaches it; the management port tells more. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
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
    return { ready: waitingFor.length === 0 };
  }

  @Get('api/status')
  @Roles('operator', 'importer')
  status(): Promise<Status> {
    return this.background.status();
  }
}
