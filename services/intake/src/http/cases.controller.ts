import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';

import type { City } from '@city311/city';
import { foldCase } from '@city311/contracts';
import type { CaseCommand } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import { streamName, type CaseNumber } from '@city311/kernel';
import { Caller, CITY, CLOCK, parse, problem, Roles, VAULT, type Clock } from '@city311/platform';
import type { ApiKey, Vault } from '@city311/vault';

import type { CaseHandler } from '../cases/case-handler.js';
import { caseDocument, parentsOf, withoutHiddenParents } from '../cases/case-document.js';
import { noSuchCase, type CaseLookup } from '../cases/case-lookup.js';
import { mayBeShown } from '../incidents/may-be-shown.js';
import type { JoinCases } from '../incidents/join-cases.js';
import { dueAfterReopening, refusalProblem } from '../reports/reporter-actions.js';
import { CASE_HANDLER, CASE_LOOKUP, JOIN_CASES } from '../tokens.js';
import { CloseDto, LinkDto, ReclassifyDto, ReferDto } from './case-command.dto.js';

/** One case, read from its stream, and what a call taker or triage desk may do to it. */
@Controller('api/cases')
export class CasesController {
  constructor(
    @Inject(CASE_LOOKUP) private readonly lookup: CaseLookup,
    @Inject(CASE_HANDLER) private readonly cases: CaseHandler,
    @Inject(JOIN_CASES) private readonly joining: JoinCases,
    @Inject(CITY) private readonly city: City,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Only what is public; a case that is not is as if it did not exist. */
  @Get(':number')
  async show(@Param('number') number: string): Promise<object> {
    const view = foldCase(await this.lookup.eventsOf(await this.lookup.caseNumberOf(number)));
    if (view?.visibility !== 'public') throw noSuchCase();
    const shown = await this.lookup.those(parentsOf(view), (parent) => mayBeShown(this.city, parent));
    const open = withoutHiddenParents(view, (parent) => shown.has(parent));
    return caseDocument(open, this.#now(), this.city, this.vault);
  }

  /** The same for staff, whatever its visibility. */
  @Get(':number/staff')
  @Roles('operator')
  async showToStaff(@Param('number') number: string): Promise<object> {
    const view = foldCase(await this.lookup.eventsOf(await this.lookup.caseNumberOf(number)));
    if (view === null) throw noSuchCase();
    return caseDocument(view, this.clock.now().toISOString(), this.city, this.vault, 'staff');
  }

  /**
   * Marks the case as a duplicate of `parent`; it then follows what becomes of that one. Its own followers go with it.
   * 409 where the parent is withdrawn, follows another case itself, or is another kind of trouble.
   */
  @Post(':number/link')
  @HttpCode(200)
  @Roles('operator')
  async link(
    @Param('number') number: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    const { parent: given } = parse(LinkDto, body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    const parent = await this.lookup.caseNumberOf(given);
    const at = this.#now();
    const refusal = await this.joining.join({ caseNumber, parent, at }, this.#envelope(caller, at));
    if (refusal !== null) throw refusalProblem(refusal);
    return this.#show(caseNumber);
  }

  @Post(':number/unlink')
  @HttpCode(200)
  @Roles('operator')
  async unlink(
    @Param('number') number: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    const { parent: given } = parse(LinkDto, body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    const parent = await this.lookup.caseNumberOf(given);
    const { state } = await this.lookup.stateOf(caseNumber);
    const unlinkedAt = this.#now();
    const dueAtIfReopened = dueAfterReopening(this.city, state.serviceCode, unlinkedAt);
    return this.#do(caller, caseNumber, {
      type: 'UnlinkCase',
      data: { caseNumber, parent, unlinkedAt, dueAtIfReopened },
    });
  }

  /** Another service: its level counts from the opening. Routing looks at the case again. */
  @Post(':number/reclassify')
  @HttpCode(200)
  @Roles('operator')
  async reclassify(
    @Param('number') number: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    const service = this.city.service(parse(ReclassifyDto, body).serviceCode);
    if (service === null) {
      throw problem(400, 'invalid', 'The request has faults', {
        faults: [{ path: 'serviceCode', message: 'is no service of this city' }],
      });
    }
    const caseNumber = await this.lookup.caseNumberOf(number);
    const { state } = await this.lookup.stateOf(caseNumber);
    return this.#do(caller, caseNumber, {
      type: 'ReclassifyCase',
      data: {
        caseNumber,
        serviceCode: service.code,
        definitionVersion: service.version,
        dueAt: this.city.dueAt(state.clock.openedAt, service),
        reclassifiedAt: this.#now(),
      },
    });
  }

  /** Somebody else's job: the case stays open until it is closed as referred. */
  @Post(':number/refer')
  @HttpCode(200)
  @Roles('operator')
  async refer(
    @Param('number') number: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    const { agency } = parse(ReferDto, body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    return this.#do(caller, caseNumber, {
      type: 'ReferCase',
      data: { caseNumber, agency, referredAt: this.#now() },
    });
  }

  /** Information given, nothing to do: closed at the desk, without a work order. */
  @Post(':number/close')
  @HttpCode(200)
  @Roles('operator')
  async close(
    @Param('number') number: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    const { outcome, outcomeLabel, text } = parse(CloseDto, body);
    const caseNumber = await this.lookup.caseNumberOf(number);
    const written = text === undefined ? undefined : await this.vault.protectWritten('staff:desk', text);
    return this.#do(caller, caseNumber, {
      type: 'CloseCase',
      data: {
        caseNumber,
        outcome,
        outcomeLabel: outcomeLabel ?? '',
        ...(written === undefined ? {} : { text: written }),
        media: [],
        closedAt: this.#now(),
        imported: false,
      },
    });
  }

  #now(): string {
    return this.clock.now().toISOString();
  }

  async #do(caller: ApiKey, caseNumber: CaseNumber, command: CaseCommand): Promise<object> {
    const context = { ...this.#envelope(caller, this.#now()), subject: caseNumber };
    const handled = await this.cases.handle(streamName('intake.case', caseNumber), command, context);
    if (handled.outcome === 'refused') throw refusalProblem(handled.refusal);
    return this.#show(caseNumber);
  }

  #envelope(caller: ApiKey, time: string): Omit<CommandContext, 'subject'> {
    return {
      source: '/intake',
      time,
      actor: `key:${caller.name}`,
      jurisdiction: this.city.jurisdiction,
      imported: false,
      correlationId: crypto.randomUUID(),
    };
  }

  async #show(caseNumber: CaseNumber): Promise<object> {
    const view = foldCase(await this.lookup.eventsOf(caseNumber));
    if (view === null) throw noSuchCase();
    return caseDocument(view, this.#now(), this.city, this.vault, 'staff');
  }
}
