import { Body, Controller, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';

import { Caller, problem, ProblemException, Roles } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import type { EventIntake } from '../reports/event-intake.js';
import { EVENT_INTAKE } from '../tokens.js';
import { fromHeaders } from './event-headers.js';
import { idempotencyKeyFaults } from './idempotency-key.js';

const maxBatch = 500;

interface Reply {
  status(code: number): Reply;
}

/** CloudEvents 1.0 over HTTP: binary, structured and batch. Answered only when durable. */
@Controller('events')
@Roles('channel', 'importer', 'operator')
export class EventsController {
  constructor(@Inject(EVENT_INTAKE) private readonly intake: EventIntake) {}

  @Post()
  @HttpCode(200)
  async take(
    @Body() body: unknown,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<unknown> {
    const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (contentType === 'application/cloudevents-batch+json') return this.#batch(body, caller);
    const idempotencyKey = headers['idempotency-key'];
    const faults = idempotencyKeyFaults(idempotencyKey);
    if (faults.length > 0) throw problem(400, 'invalid', 'The request has faults', { faults });
    const event = contentType === 'application/cloudevents+json' ? body : fromHeaders(headers, body);
    const [result] = await this.intake.take(
      [event],
      caller,
      idempotencyKey === undefined ? {} : { idempotencyKey },
    );
    if (result === undefined) throw new Error('an event without its result');
    if (result.problem !== undefined) throw new ProblemException(result.problem);
    reply.status(result.status);
    return result;
  }

  async #batch(body: unknown, caller: ApiKey): Promise<unknown> {
    if (!Array.isArray(body)) {
      const faults = [{ path: '', message: 'must be a JSON array of CloudEvents' }];
      throw problem(400, 'invalid', 'The request has faults', { faults });
    }
    if (body.length > maxBatch) throw problem(413, 'too-large', `A batch holds at most ${maxBatch} events`);
    return { results: await this.intake.take(body, caller) };
  }
}
