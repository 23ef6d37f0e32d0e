import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';

import { Caller, parse, Roles } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import { TRIAGE_DESK } from '../tokens.js';
import { OverrideDto, TriageQueryDto } from './routing.dto.js';
import type { DecisionDoc, TriageDesk, TriageItem } from './triage-desk.js';

/** Decisions with their reasons, and the triage queue. */
@Controller('api/routing')
export class RoutingController {
  constructor(@Inject(TRIAGE_DESK) private readonly desk: TriageDesk) {}

  @Get('decisions/:caseNumber')
  @Roles('operator', 'importer', 'department')
  async decisions(@Param('caseNumber') caseNumber: string): Promise<DecisionDoc> {
    return this.desk.decisions(caseNumber);
  }

  @Get('triage')
  @Roles('operator')
  async triage(
    @Query() query: unknown,
  ): Promise<{ readonly items: readonly TriageItem[]; readonly next: string | null }> {
    return this.desk.queue(parse(TriageQueryDto, query));
  }

  @Post('triage/:caseNumber')
  @HttpCode(200)
  @Roles('operator')
  async override(
    @Param('caseNumber') caseNumber: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<DecisionDoc> {
    return this.desk.override(caseNumber, parse(OverrideDto, body), caller);
  }
}
