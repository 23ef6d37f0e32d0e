import { Body, Controller, Delete, HttpCode, Inject, Param, Post } from '@nestjs/common';

import type { City } from '@city311/city';
import type { CaseCommand } from '@city311/domain-intake';
import { streamName, type CaseNumber } from '@city311/kernel';
import { Caller, CITY, CLOCK, parseNothing, Roles, type Clock } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import type { CaseHandler } from '../cases/case-handler.js';
import type { CaseLookup } from '../cases/case-lookup.js';
import { refusalProblem, secretHash } from '../reports/reporter-actions.js';
import { newTrackingSecret } from '../reports/tracking-secret.js';
import { CASE_HANDLER, CASE_LOOKUP } from '../tokens.js';

/** The secret by which a reporter acts on a case: staff take it back, or give out a new one. */
@Controller('api/cases/:number/tracking-secret')
@Roles('operator')
export class TrackingSecretController {
  constructor(
    @Inject(CASE_LOOKUP) private readonly lookup: CaseLookup,
    @Inject(CASE_HANDLER) private readonly cases: CaseHandler,
    @Inject(CITY) private readonly city: City,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Shown this once; the one before opens nothing from now on. Also for a case that never had one. */
  @Post()
  @HttpCode(200)
  async renew(
    @Param('number') number: string,
    @Caller() caller: ApiKey,
    @Body() body?: unknown,
  ): Promise<object> {
    parseNothing(body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    const trackingSecret = newTrackingSecret();
    const renewedAt = this.clock.now().toISOString();
    await this.#do(caller, caseNumber, renewedAt, {
      type: 'RenewTrackingSecret',
      data: { caseNumber, trackingHash: secretHash(trackingSecret), renewedAt },
    });
    return { caseNumber, trackingSecret };
  }

  /** No secret opens the case from now on; staff go on as before. Quiet the second time. */
  @Delete()
  @HttpCode(204)
  async revoke(
    @Param('number') number: string,
    @Caller() caller: ApiKey,
    @Body() body?: unknown,
  ): Promise<void> {
    parseNothing(body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    const revokedAt = this.clock.now().toISOString();
    await this.#do(caller, caseNumber, revokedAt, {
      type: 'RevokeTrackingSecret',
      data: { caseNumber, revokedAt },
    });
  }

  async #do(caller: ApiKey, caseNumber: CaseNumber, time: string, command: CaseCommand): Promise<void> {
    const handled = await this.cases.handle(streamName('intake.case', caseNumber), command, {
      source: '/intake',
      subject: caseNumber,
      time,
      actor: `key:${caller.name}`,
      jurisdiction: this.city.jurisdiction,
      imported: false,
      correlationId: crypto.randomUUID(),
    });
    if (handled.outcome === 'refused') throw refusalProblem(handled.refusal);
  }
}
