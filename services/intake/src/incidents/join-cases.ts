import { setTimeout as pause } from 'node:timers/promises';

import type { City } from '@city311/city';
import { caseDecider, type CaseCommand, type CaseRefusal, type LinkCase } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import { streamName, type CaseNumber, type Instant } from '@city311/kernel';

import type { CaseHandler } from '../cases/case-handler.js';
import { mayBeShown } from './may-be-shown.js';

const maxTries = 8;
const pauseMs = 40;

export interface Join {
  readonly caseNumber: CaseNumber;
  readonly parent: CaseNumber;
  readonly at: Instant;
}

/**
 * Joins a case to another as its duplicate. The rule is about two streams, so both are written, at what was seen of
 * them: first the parent hears that a follower is coming (refused where it follows another case itself), then the case
 * is linked, but only where no follower was announced to it since it was looked at. Why no interleaving makes a circle
 * of this is in DECISIONS.md.
 */
export class JoinCases {
  constructor(
    private readonly cases: CaseHandler,
    private readonly city: City,
  ) {}

  /** @returns null when joined, now or before; else why not. `context` is the envelope of what is written about `subject` */
  async join(join: Join, context: Omit<CommandContext, 'subject'>): Promise<CaseRefusal | null> {
    for (let tried = 1; ; tried += 1) {
      const refusal = await this.#try(join, context);
      if (refusal?.code !== 'overtaken' || tried === maxTries) return refusal;
      // Two who overtake each other again and again part ways by chance.
      await pause(Math.random() * pauseMs * tried);
    }
  }

  async #try(
    { caseNumber, parent, at }: Join,
    context: Omit<CommandContext, 'subject'>,
  ): Promise<CaseRefusal | null> {
    const { state: child } = await this.#load(caseNumber);
    if (child.status === 'not-opened') return { code: 'not-opened' };
    const { state: other } = await this.#load(parent);
    if (other.status === 'not-opened') return { code: 'not-opened' };
    const linking = (parentRevision: number): LinkCase => ({
      type: 'LinkCase',
      data: {
        caseNumber,
        parent,
        ...(mayBeShown(this.city, other) ? {} : { parentHidden: true }),
        parentRevision,
        linkedAt: at,
        seen: { announcement: child.announcement, serviceCode: child.serviceCode },
      },
    });
    // Nothing is announced for a link that is there already, or cannot be.
    const would = caseDecider.decide(linking(-1), child);
    if (would.outcome === 'refused') return would.refusal;
    if (would.events.length === 0) return null;

    const announced = await this.#give(parent, context, {
      type: 'AnnounceFollower',
      data: {
        caseNumber: parent,
        follower: caseNumber,
        announcementId: crypto.randomUUID(),
        announcedAt: at,
        serviceCode: other.serviceCode,
        mayJoin: this.city.mayJoin(child.serviceCode, other.serviceCode),
      },
    });
    if (announced.outcome === 'refused') return announced.refusal;
    const linked = await this.#give(caseNumber, context, linking(announced.revision));
    return linked.outcome === 'refused' ? linked.refusal : null;
  }

  #load(caseNumber: CaseNumber): ReturnType<CaseHandler['load']> {
    return this.cases.load(streamName('intake.case', caseNumber));
  }

  #give(
    subject: CaseNumber,
    context: Omit<CommandContext, 'subject'>,
    command: CaseCommand,
  ): ReturnType<CaseHandler['handle']> {
    return this.cases.handle(streamName('intake.case', subject), command, { ...context, subject });
  }
}
