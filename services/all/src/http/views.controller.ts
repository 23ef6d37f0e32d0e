import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';

import { problem, Roles, VIEWS } from '@city311/platform';

import type { RunningViews, Running } from '../engines/view-registry.js';

/** Views of this process: what they parked, trying that again, building one anew. */
@Controller('api/views')
@Roles('operator')
export class ViewsController {
  constructor(@Inject(VIEWS) private readonly views: RunningViews) {}

  @Get()
  async list(): Promise<object> {
    const lines = this.views.all().map(async ({ runner }) => {
      const { view, position, parked, rebuilding } = await runner.status();
      return { view, position, parked, rebuilding };
    });
    return { views: await Promise.all(lines) };
  }

  /** Reads the topic from its beginning into a new table while the live one serves on, then swaps. */
  @Post(':name/rebuild')
  @HttpCode(200)
  async rebuild(@Param('name') name: string): Promise<object> {
    const startedAt = performance.now();
    const { events } = await this.#named(name).runner.rebuild();
    return { view: name, events, seconds: (performance.now() - startedAt) / 1000 };
  }

  @Post(':name/retry')
  @HttpCode(200)
  async retry(@Param('name') name: string): Promise<object> {
    return { view: name, taken: await this.#named(name).runner.retryParked() };
  }

  #named(name: string): Running {
    const running = this.views.all().find((one) => one.name === name);
    if (running === undefined) throw problem(404, 'no-such-view', `No view ${name} runs in this process`);
    return running;
  }
}
