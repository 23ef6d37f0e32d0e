import { setTimeout as pause } from 'node:timers/promises';

import type { City } from '@city311/city';
import { followerStep, type Case, type FollowerCommand, type FollowerFacts } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import { streamName, TransientError, type CaseNumber, type Instant, type PublicEvent } from '@city311/kernel';

import { following, type CaseHandler } from '../cases/case-handler.js';
import { closeNoSooner } from '../cases/close-no-sooner.js';
import { dueAfterReopening } from '../reports/reporter-actions.js';
import { mayBeShown } from './may-be-shown.js';

/** Far more than a case and its parent need where nobody else is at them. */
const maxSteps = 20;

const timeOf = (command: FollowerCommand): Instant => {
  switch (command.type) {
    case 'CloseWithParent':
      return command.data.closedAt;
    case 'ReopenWithParent':
      return command.data.reopenedAt;
    case 'UnlinkCase':
      return command.data.unlinkedAt;
    case 'MoveToParent':
      return command.data.movedAt;
  }
};

/** What led to a look at a case and its parent: when it happened, and the envelope of what is written on the follower. */
export interface Occasion {
  readonly time: Instant;
  /** Told by an older system. */
  readonly imported: boolean;
  readonly context: CommandContext;
}

/** Brings cases in step with the parents that they follow. */
export class FollowParent {
  constructor(
    private readonly cases: CaseHandler,
    private readonly city: City,
  ) {}

  /**
   * Gives commands to `follower` until nothing is left to do. Both cases are read anew after each, so that a parent that
   * changed meanwhile is seen: by this call, or by the one that follows upon that change.
   * @param event  what led to it
   * @throws TransientError  the two do not come to rest; try again
   */
  settle(follower: CaseNumber, event: PublicEvent): Promise<void> {
    const { time, imported } = event;
    return this.settleUpon(follower, { time, imported, context: following(event, 'incident') });
  }

  /** As `settle`, where something else than an event led to it. */
  async settleUpon(follower: CaseNumber, occasion: Occasion): Promise<void> {
    for (let steps = 0; steps < maxSteps; steps += 1) {
      const command = await this.#next(follower, occasion);
      if (command === null) return;
      await this.#give(follower, command, occasion);
      // A refusal says that the follower has changed meanwhile: the next look shows how.
      if (steps > 1) await pause(Math.random() * steps);
    }
    throw new TransientError(`the case ${follower} and its parent do not come to rest`);
  }

  async #next(follower: CaseNumber, { time, imported }: Occasion): Promise<FollowerCommand | null> {
    const child = (await this.#load(follower)).state;
    if (child.status === 'not-opened' || child.parent === null) return null;
    const parent = (await this.#load(child.parent)).state;
    const serviceOfParent = parent.status === 'not-opened' ? child.serviceCode : parent.serviceCode;
    return followerStep(child, parent, {
      parent: child.parent,
      root: await this.#rootAbove(child.parent, parent),
      isParentShown: mayBeShown(this.city, parent),
      mayJoin: this.city.mayJoin(child.serviceCode, serviceOfParent),
      at: time,
      dueAtIfReopened: dueAfterReopening(this.city, child.serviceCode, time),
      imported,
    });
  }

  /** Goes from parent to parent; a way that leads back into itself ends at the smallest number of those that go round. */
  async #rootAbove(parent: CaseNumber, first: Case): Promise<FollowerFacts['root']> {
    const way = [{ caseNumber: parent, revision: -1, isShown: mayBeShown(this.city, first) }];
    for (let at = first; at.status !== 'not-opened' && at.parent !== null;) {
      const caseNumber = at.parent;
      const seen = way.findIndex((one) => one.caseNumber === caseNumber);
      if (seen >= 0) return way.slice(seen).reduce((a, b) => (a.caseNumber < b.caseNumber ? a : b));
      const loaded = await this.#load(caseNumber);
      at = loaded.state;
      way.push({ caseNumber, revision: loaded.revision, isShown: mayBeShown(this.city, at) });
    }
    return way.length === 1 ? null : (way.at(-1) ?? null);
  }

  async #load(caseNumber: CaseNumber): Promise<{ readonly state: Case; readonly revision: number }> {
    const { state, revision } = await this.cases.load(streamName('intake.case', caseNumber));
    return { state, revision: revision === 'no-stream' ? -1 : revision };
  }

  async #give(follower: CaseNumber, command: FollowerCommand, occasion: Occasion): Promise<void> {
    const stream = streamName('intake.case', follower);
    const context = { ...occasion.context, subject: follower, time: timeOf(command) };
    if (command.type === 'CloseWithParent') await closeNoSooner(this.cases, stream, command, context);
    else await this.cases.handle(stream, command, context);
  }
}
