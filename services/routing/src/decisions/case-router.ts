import type { City } from '@city311/city';
import type { CaseEvent } from '@city311/contracts';
import type { CaseRoutingCommand } from '@city311/domain-routing';
import type { CommandItem } from '@city311/eventing';
import type { Districts, Instant, PublicEvent } from '@city311/kernel';
import type { Clock } from '@city311/platform';

import type { RuleSets } from '../rules/rule-sets.js';
import type { RoutingHistory } from './routing-history.js';
import { following, routingStream, type CaseRoutingHandler } from './case-routing-handler.js';
import { findRoute, importedFinding, locateCase, type CaseToRoute } from './find-route.js';
import type { KnownCases } from './known-cases.js';
import type { OpenCases } from './open-cases.js';

/** Wire types of the Case topic that move a case's route, or its place among the open ones. */
export const routedTypes = [
  'intake.CaseOpened.v1',
  'intake.CaseReclassified.v1',
  'intake.CaseReturnedToTriage.v1',
  'intake.CaseReopened.v1',
  'intake.CaseClosed.v1',
  'intake.CaseWithdrawn.v1',
  'intake.CaseReferred.v1',
  'intake.CaseLinked.v1',
  'intake.CaseUnlinked.v1',
] as const;

type Item = CommandItem<CaseRoutingCommand>;

export interface CaseRouterPorts {
  readonly city: City;
  readonly clock: Clock;
  readonly handler: CaseRoutingHandler;
  readonly history: RoutingHistory;
  readonly openCases: OpenCases;
  readonly knownCases: KnownCases;
  readonly ruleSets: RuleSets;
}

/** Reads the Case topic and decides: one pass over a batch, one write for all of it. */
export class CaseRouter {
  constructor(private readonly ports: CaseRouterPorts) {}

  /** All or nothing: throws where a decision could not be kept; the same events may be given again. */
  async follow(events: readonly PublicEvent[]): Promise<void> {
    const told = events as readonly CaseEvent[];
    const wanted = told.filter(needsFacts).map(({ subject }) => subject);
    for (const event of told)
      if (event.type === 'intake.CaseOpened.v1') this.ports.knownCases.hear(event.data);
    const facts =
      wanted.length === 0 ? new Map<string, CaseToRoute>() : await this.ports.knownCases.of(wanted);
    const returned = told.filter(({ type }) => type === 'intake.CaseReturnedToTriage.v1');
    const before = await this.ports.history.lastRoutes(returned.map(({ subject }) => subject));

    const items = told.flatMap((event) => this.#commands(event, facts, before));
    if (items.length === 0) return;
    for (const result of await this.ports.handler.handleMany(items)) {
      // A refusal is an answer: the case was decided before, by a person or in an earlier delivery.
      if (result.outcome === 'failed') throw result.error;
    }
  }

  #commands(
    event: CaseEvent,
    facts: ReadonlyMap<string, CaseToRoute>,
    before: ReadonlyMap<string, { readonly dueAt: Instant | null; readonly districts: Districts }>,
  ): readonly Item[] {
    const { openCases, city } = this.ports;
    switch (event.type) {
      case 'intake.CaseOpened.v1':
        return [this.#opened(event)];
      case 'intake.CaseReclassified.v1': {
        const known = facts.get(event.subject);
        return known === undefined ? [] : this.#reclassified(event, known);
      }
      case 'intake.CaseReturnedToTriage.v1': {
        const { caseNumber, fromDepartmentId, returnedAt } = event.data;
        const route = before.get(event.subject);
        const from = city.departmentName(fromDepartmentId) ?? fromDepartmentId;
        const triage = {
          ...city.triageQueue('handedBack'),
          dueAt: route?.dueAt ?? null,
          districts: route?.districts ?? {},
          explanation: [`${from} handed the case back; a person must say whose work it is.`],
        };
        const data = {
          caseNumber,
          fromDepartmentId,
          triage,
          handedBackAt: returnedAt,
          causedBySequence: event.sequence,
        };
        return [this.#item(event, { type: 'NoteHandedBack', data }, returnedAt)];
      }
      case 'intake.CaseReopened.v1':
      case 'intake.CaseUnlinked.v1': {
        const known = facts.get(event.subject);
        if (known !== undefined && openCases.hear(event.subject, event.sequence)) {
          if (event.type === 'intake.CaseUnlinked.v1') openCases.freed(event.subject);
          const { latitude, longitude } = locateCase(city, known.place);
          openCases.add({ ...known, latitude, longitude });
        }
        return [];
      }
      case 'intake.CaseClosed.v1':
      case 'intake.CaseWithdrawn.v1':
      case 'intake.CaseReferred.v1':
        if (openCases.hear(event.subject, event.sequence)) openCases.remove(event.subject);
        return [];
      case 'intake.CaseLinked.v1':
        if (openCases.hear(event.subject, event.sequence)) openCases.follows(event.subject);
        return [];
      default:
        return [];
    }
  }

  #opened(event: Extract<CaseEvent, { readonly type: 'intake.CaseOpened.v1' }>): Item {
    const { city, clock, openCases, ruleSets } = this.ports;
    const { data } = event;
    const imported = event.imported ? data.imported : undefined;
    const { answer, location } = findRoute(
      city,
      imported === undefined ? openCases : null,
      data,
      ruleSets.version,
    );
    if (openCases.hear(event.subject, event.sequence))
      openCases.add({ ...data, latitude: location.latitude, longitude: location.longitude });
    const finding = imported === undefined ? answer : importedFinding(imported, data.place, answer);
    const decidedAt = event.imported ? data.openedAt : clock.now().toISOString();
    const command = {
      type: 'DecideRoute',
      data: { caseNumber: data.caseNumber, finding, decidedAt },
    } as const;
    return { ...this.#item(event, command, decidedAt), assumeNew: true };
  }

  /** The new service's level counts from the original opening. */
  #reclassified(
    event: Extract<CaseEvent, { readonly type: 'intake.CaseReclassified.v1' }>,
    known: CaseToRoute,
  ): readonly Item[] {
    const { city, openCases, ruleSets, knownCases } = this.ports;
    const { caseNumber, serviceCode, definitionVersion, reclassifiedAt } = event.data;
    const anew = { ...known, serviceCode };
    knownCases.hear(anew);
    const { answer, location } = findRoute(city, openCases, anew, ruleSets.version);
    if (openCases.hear(event.subject, event.sequence))
      openCases.add({ ...anew, latitude: location.latitude, longitude: location.longitude });
    return [
      this.#item(
        event,
        {
          type: 'NoteReclassified',
          data: {
            caseNumber,
            serviceCode,
            definitionVersion,
            reclassifiedAt,
            causedBySequence: event.sequence,
          },
        },
        reclassifiedAt,
      ),
      this.#item(
        event,
        { type: 'DecideRoute', data: { caseNumber, finding: answer, decidedAt: reclassifiedAt } },
        reclassifiedAt,
      ),
    ];
  }

  #item(event: CaseEvent, command: CaseRoutingCommand, at: Instant): Item {
    return { stream: routingStream(event.subject), command, context: following(event, at) };
  }
}

const needsFacts = ({ type }: CaseEvent): boolean =>
  type === 'intake.CaseReclassified.v1' ||
  type === 'intake.CaseReopened.v1' ||
  type === 'intake.CaseUnlinked.v1';
