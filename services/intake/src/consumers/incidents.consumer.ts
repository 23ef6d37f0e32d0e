import { Controller, Inject } from '@nestjs/common';

import { topics, type CaseEvent } from '@city311/contracts';
import type { Incident, IncidentCommand, IncidentEvent } from '@city311/domain-intake';
import type { CommandHandler } from '@city311/eventing';
import { streamName, type CaseNumber, type PublicEvent } from '@city311/kernel';
import { ConsumeCases, type Outcome } from '@city311/messaging';

import { following, type CaseHandler } from '../cases/case-handler.js';
import { closeNoSooner } from '../cases/close-no-sooner.js';
import { CASE_HANDLER, INCIDENTS } from '../tokens.js';

export type IncidentHandler = CommandHandler<Incident, IncidentCommand, IncidentEvent, never>;

/**
 * Duplicates follow their parent's close, whichever came first. A link is remembered on the parent's incident stream
 * before the parent is looked at, and a close is in the log before its followers are read: so one of the two
 * handlers always sees both.
 */
@Controller()
export class IncidentsConsumer {
  constructor(
    @Inject(CASE_HANDLER) private readonly cases: CaseHandler,
    @Inject(INCIDENTS) private readonly incidents: IncidentHandler,
  ) {}

  @ConsumeCases({
    topic: topics.case.name,
    group: 'city311.intake.on-incident',
    types: ['intake.CaseLinked.v1', 'intake.CaseUnlinked.v1', 'intake.CaseClosed.v1'],
  })
  async onCase(event: PublicEvent): Promise<Outcome> {
    const told = event as CaseEvent;
    switch (told.type) {
      case 'intake.CaseLinked.v1': {
        const { caseNumber: child, parent, linkedAt } = told.data;
        await this.#remember(
          parent,
          { type: 'JoinIncident', data: { child, told: event.sequence, joinedAt: linkedAt } },
          event,
        );
        await this.#closeWith(parent, child, event);
        return 'handled';
      }
      case 'intake.CaseUnlinked.v1': {
        const { caseNumber: child, parent, unlinkedAt } = told.data;
        await this.#remember(
          parent,
          { type: 'LeaveIncident', data: { child, told: event.sequence, leftAt: unlinkedAt } },
          event,
        );
        return 'handled';
      }
      case 'intake.CaseClosed.v1': {
        const parent = told.data.caseNumber;
        const { state } = await this.incidents.load(streamName('intake.incident', parent));
        await Promise.all(state.followers.map((child) => this.#closeWith(parent, child, event)));
        return 'handled';
      }
      default:
        return 'handled';
    }
  }

  #remember(parent: CaseNumber, command: IncidentCommand, event: PublicEvent): Promise<unknown> {
    return this.incidents.handle(
      streamName('intake.incident', parent),
      command,
      following(event, 'incident'),
    );
  }

  async #closeWith(parent: CaseNumber, child: CaseNumber, event: PublicEvent): Promise<void> {
    const { state } = await this.cases.load(streamName('intake.case', parent));
    if (state.status !== 'closed') return;
    await closeNoSooner(
      this.cases,
      streamName('intake.case', child),
      {
        type: 'CloseWithParent',
        data: {
          caseNumber: child,
          parent,
          outcome: 'duplicate',
          outcomeLabel: 'Duplicate of Existing Case',
          media: [],
          closedAt: event.time > state.closedAt ? event.time : state.closedAt,
          imported: event.imported,
        },
      },
      { ...following(event, 'incident'), subject: child },
    );
    // Refused where the child ended otherwise or left the incident meanwhile: nothing is left to follow.
  }
}
