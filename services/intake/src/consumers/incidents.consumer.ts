import { Controller, Inject } from '@nestjs/common';

import type { City } from '@city311/city';
import { topics, type CaseEvent, type ParentNews } from '@city311/contracts';
import {
  incidentDecider,
  type Incident,
  type IncidentCommand,
  type IncidentEvent,
} from '@city311/domain-intake';
import { createCommandHandler, type CommandHandler, type EventStore } from '@city311/eventing';
import { streamName, type CaseNumber, type PublicEvent } from '@city311/kernel';
import { ConsumeCases, type Outcome } from '@city311/messaging';
import { CITY } from '@city311/platform';

import { incidentCodec } from '../case.codec.js';
import { following, type CaseHandler } from '../cases/case-handler.js';
import type { FollowParent } from '../incidents/follow-parent.js';
import { mayBeShown } from '../incidents/may-be-shown.js';
import { someAtOnce } from '../incidents/some-at-once.js';
import { newsForFollowers } from '../policies/news-for-followers.js';
import { CASE_HANDLER, FOLLOW_PARENT, INCIDENTS } from '../tokens.js';

export type IncidentHandler = CommandHandler<Incident, IncidentCommand, IncidentEvent, never>;

export const createIncidentHandler = (store: EventStore): IncidentHandler =>
  createCommandHandler(store, incidentDecider, incidentCodec);

/**
 * Duplicates follow what becomes of their parent, whichever came first. A link is remembered on the parent's incident
 * stream before the parent is looked at, and what happens to a parent is in the log before its followers are read: so
 * one of the two handlers always sees both.
 */
@Controller()
export class IncidentsConsumer {
  constructor(
    @Inject(CASE_HANDLER) private readonly cases: CaseHandler,
    @Inject(INCIDENTS) private readonly incidents: IncidentHandler,
    @Inject(FOLLOW_PARENT) private readonly follow: FollowParent,
    @Inject(CITY) private readonly city: City,
  ) {}

  @ConsumeCases({
    topic: topics.case.name,
    group: 'city311.intake.on-incident',
    types: [
      'intake.CaseLinked.v1',
      'intake.CaseUnlinked.v1',
      'intake.CaseClosed.v1',
      'intake.CaseReopened.v1',
      'intake.CaseWithdrawn.v1',
      'intake.CaseReclassified.v1',
      'intake.CaseReferred.v1',
    ],
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
        await this.follow.settle(child, event);
        await this.#lead(told);
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
      case 'intake.CaseReclassified.v1':
        await this.follow.settle(told.data.caseNumber, event);
        await this.#lead(told);
        return 'handled';
      case 'intake.CaseClosed.v1':
      case 'intake.CaseReopened.v1':
      case 'intake.CaseWithdrawn.v1':
      case 'intake.CaseReferred.v1':
        await this.#lead(told);
        return 'handled';
      default:
        return 'handled';
    }
  }

  /**
   * Whoever follows this case is brought in step with it, and hears what became of it. One that cannot be keeps none of
   * the others waiting.
   */
  async #lead(event: CaseEvent): Promise<void> {
    const parent = event.data.caseNumber;
    const { state } = await this.incidents.load(streamName('intake.incident', parent));
    if (state.followers.length === 0) return;
    const { state: other } = await this.cases.load(streamName('intake.case', parent));
    const news = newsForFollowers(event, mayBeShown(this.city, other));
    await someAtOnce(state.followers, async (follower) => {
      await this.follow.settle(follower, event);
      if (news !== null) await this.#note(follower, parent, news, event);
    });
  }

  /** Refused where the follower ended or left meanwhile, and heard of it so. */
  async #note(
    caseNumber: CaseNumber,
    parent: CaseNumber,
    parentNews: ParentNews,
    event: CaseEvent,
  ): Promise<void> {
    await this.cases.handle(
      streamName('intake.case', caseNumber),
      {
        type: 'NoteParentNews',
        data: { caseNumber, parent, parentRevision: event.sequence, parentNews, notedAt: event.time },
      },
      { ...following(event, 'incident'), subject: caseNumber },
    );
  }

  #remember(parent: CaseNumber, command: IncidentCommand, event: PublicEvent): Promise<unknown> {
    return this.incidents.handle(
      streamName('intake.incident', parent),
      command,
      following(event, 'incident'),
    );
  }
}
