import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';

import { parseNothing, problem, Roles } from '@city311/platform';

import type { BackgroundWork } from '../threads/background-work.js';
import { BACKGROUND_WORK } from './tokens.js';

const noSuchView = (name: string): Error =>
  problem(404, 'no-such-view', `No view ${name} runs in this process`);

/** Views of this process: what they parked, trying that again, building one anew. */
@Controller('api/views')
@Roles('operator')
export class ViewsController {
  constructor(@Inject(BACKGROUND_WORK) private readonly background: BackgroundWork) {}

  @Get()
  async list(): Promise<object> {
    return { views: await this.background.views() };
  }

  /** Reads the topic from its beginning into a new table while the live one serves on, then swaps. */
  @Post(':name/rebuild')
  @HttpCode(200)
  async rebuild(@Param('name') name: string, @Body() body: unknown): Promise<object> {
    parseNothing(body);
    const startedAt = performance.now();
    const rebuilt = await this.background.rebuild(name);
    if (rebuilt === null) throw noSuchView(name);
    return { view: name, events: rebuilt.events, seconds: (performance.now() - startedAt) / 1000 };
  }

  @Post(':name/retry')
  @HttpCode(200)
  async retry(@Param('name') name: string, @Body() body: unknown): Promise<object> {
    parseNothing(body);
    const taken = await this.background.retry(name);
    if (taken === null) throw noSuchView(name);
    return { view: name, taken };
  }
}
