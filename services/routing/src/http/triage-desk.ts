import type { City, Service } from '@city311/city';
import type { CaseRoutingRefusal } from '@city311/domain-routing';
import { assertNever, type CaseNumber } from '@city311/kernel';
import { problem, type Clock, type Fault, type ProblemException } from '@city311/platform';
import type { View } from '@city311/read-models';
import type { ApiKey } from '@city311/vault';

import { routingStream, type CaseRoutingHandler } from '../decisions/case-routing-handler.js';
import { locateCase } from '../decisions/find-route.js';
import type { KnownCases } from '../decisions/known-cases.js';
import type { HistoryEntry, RoutingHistory } from '../decisions/routing-history.js';
import type { RuleSets } from '../rules/rule-sets.js';
import type { RoutableCase } from '../views/routable-cases.view.js';
import type { OverrideDto, TriageQueryDto } from './routing.dto.js';

export interface DecisionDoc {
  readonly caseNumber: string;
  readonly decisions: readonly HistoryEntry[];
}

export interface TriageItem {
  readonly caseNumber: string;
  readonly serviceCode: string;
  readonly serviceName: string | null;
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly place: RoutableCase['place'];
  readonly emergencyWords: readonly string[];
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf: string | null;
}

export interface TriageDeskPorts {
  readonly city: City;
  readonly clock: Clock;
  readonly handler: CaseRoutingHandler;
  readonly history: RoutingHistory;
  readonly cases: View<RoutableCase>;
  readonly knownCases: KnownCases;
  readonly ruleSets: RuleSets;
}

const noDecision = (): ProblemException =>
  problem(404, 'no-such-decision', 'Routing has decided nothing for a case of this number');

const refusalProblem = (refusal: CaseRoutingRefusal): ProblemException => {
  const no = (title: string): ProblemException => problem(409, refusal.code, title, { refusal });
  switch (refusal.code) {
    case 'not-decided-yet':
      return noDecision();
    case 'case-closed':
      return no('The case is closed');
    case 'already-routed':
      return no('The case was routed meanwhile');
    case 'awaiting-operator':
    case 'found-outside-city':
      return no('The case waits for another decision');
    default:
      return assertNever(refusal);
  }
};

/** What operators do with cases that the rules could not place, and what everybody may ask about decisions. */
export class TriageDesk {
  constructor(private readonly ports: TriageDeskPorts) {}

  /** @throws ProblemException  404 where nothing was decided */
  async decisions(caseNumber: string): Promise<DecisionDoc> {
    const decisions = /^\d{12}$/.test(caseNumber) ? await this.ports.history.of(caseNumber) : [];
    if (decisions.length === 0) throw noDecision();
    return { caseNumber, decisions };
  }

  /** Oldest first. @throws ProblemException  400 for a cursor of another question */
  async queue({
    queue,
    limit,
    cursor,
  }: TriageQueryDto): Promise<{ items: readonly TriageItem[]; next: string | null }> {
    const question = {
      where: { status: 'triage', ...(queue === undefined ? {} : { queue }) },
      orderBy: [{ column: 'openedAt', direction: 'asc' } as const],
      limit: Number(limit ?? 100),
      ...(cursor === undefined ? {} : { cursor }),
    };
    try {
      const { items, next } = await this.ports.cases.find(question);
      return { items: items.map((doc) => this.#item(doc)), next };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const faults = [{ path: 'cursor', message: 'is not a cursor of this question' }];
      throw problem(400, 'invalid', 'The request has faults', { faults });
    }
  }

  /**
   * The case goes where the operator says, due by the level of `serviceCode` or of its own service.
   * @throws ProblemException  400 with every fault, 404 without a decision yet, 409 where the case is closed
   */
  async override(caseNumber: string, wish: OverrideDto, caller: ApiKey): Promise<DecisionDoc> {
    const { city, clock, handler, history, knownCases, ruleSets } = this.ports;
    const faults = this.#faultsOf(wish);
    if (faults.length > 0) throw problem(400, 'invalid', 'The request has faults', { faults });
    await this.decisions(caseNumber);
    const known = (await knownCases.of([caseNumber])).get(caseNumber);
    if (known === undefined) throw noDecision();
    const standing = await knownCases.standing(caseNumber);
    if (standing?.status === 'closed') throw problem(409, 'case-closed', 'The case is closed');

    const service = city.service(wish.serviceCode ?? known.serviceCode);
    const decidedAt = clock.now().toISOString();
    const before = (await history.lastRoutes([caseNumber])).get(caseNumber);
    const handled = await handler.handle(
      routingStream(caseNumber),
      {
        type: 'OverrideRoute',
        data: {
          caseNumber: caseNumber as CaseNumber,
          departmentId: wish.departmentId,
          queue: wish.queue,
          priority: known.emergencyWords.length > 0 ? 'emergency' : (service?.priority ?? 'normal'),
          dueAt: service === null ? null : city.dueAt(known.openedAt, service),
          districts: before?.districts ?? locateCase(city, known.place).districts,
          explanation: this.#sentences(wish, service),
          ruleSetVersion: ruleSets.version,
          decidedAt,
          referredSince: standing?.standing === 'outside',
        },
      },
      {
        source: '/routing',
        subject: caseNumber,
        time: decidedAt,
        actor: `key:${caller.name}`,
        jurisdiction: city.jurisdiction,
        imported: false,
        correlationId: caseNumber,
      },
    );
    if (handled.outcome === 'refused') throw refusalProblem(handled.refusal);
    return this.decisions(caseNumber);
  }

  #faultsOf({ departmentId, queue, serviceCode }: OverrideDto): readonly Fault[] {
    const { city } = this.ports;
    const faults: Fault[] = [];
    if (city.departmentName(departmentId) === null) {
      faults.push({ path: 'departmentId', message: 'is no department of the city' });
    }
    const owner = city.departmentOfQueue(queue);
    if (owner === null) faults.push({ path: 'queue', message: 'is no queue of the city' });
    else if (owner !== departmentId) faults.push({ path: 'queue', message: `belongs to ${owner}` });
    if (serviceCode !== undefined && city.service(serviceCode) === null) {
      faults.push({ path: 'serviceCode', message: 'is not in the catalogue' });
    }
    return faults;
  }

  #sentences({ departmentId, serviceCode }: OverrideDto, service: Service | null): readonly string[] {
    const name = this.ports.city.departmentName(departmentId) ?? departmentId;
    return [
      `An operator gave the case to ${name}.`,
      ...(serviceCode === undefined || service === null ? [] : [`It is handled as "${service.name}".`]),
    ];
  }

  #item(doc: RoutableCase): TriageItem {
    const { caseNumber, serviceCode, departmentId, queue, openedAt, dueAt, place, emergencyWords } = doc;
    return {
      caseNumber,
      serviceCode,
      serviceName: this.ports.city.service(serviceCode)?.name ?? null,
      departmentId,
      queue,
      openedAt,
      dueAt,
      place,
      emergencyWords,
      explanation: doc.explanation,
      suggestedDuplicateOf: doc.suggestedDuplicateOf,
    };
  }
}
