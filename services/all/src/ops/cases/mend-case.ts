import { breachesOf, type CaseStanding, type RoutingEvent } from '@city311/contracts';
import { cancelOrder, issueOrder, type Mending } from '@city311/departments';
import type { CaseCommand } from '@city311/domain-intake';
import { commandCase, dueAfterReopening, followRouting, readCase, settleFollower } from '@city311/intake';
import { streamName, TransientError, type CaseNumber, type Instant } from '@city311/kernel';
import { routingTopicSource } from '@city311/routing';

import type { OpsEngines } from '../open.js';
import { readFamilies } from './family.js';
import { remedyFor, remedySays, type Remedy } from './remedy.js';
import type { MayJoin } from './stranded.js';

export const mendActor = 'operator:mend-cases';

export interface Mended {
  readonly caseNumber: string;
  /** What was wrong, as a sentence. */
  readonly was: string;
  /** What was done, or would be. */
  readonly done: string;
  /** False where it could not be done; `done` then says why. */
  readonly ok: boolean;
}

type Ports = Pick<OpsEngines, 'store' | 'city' | 'clock'>;

/** Mends one case through the commands of the services that own its streams. */
export class CaseMender {
  constructor(
    private readonly ports: Ports,
    private readonly mayJoin: MayJoin,
  ) {}

  /**
   * Looks at the case as it is now and mends what is wrong; empty where nothing is (any more). One remedy at a time: what
   * is wrong besides is looked at when the services have followed.
   * @param dryRun  tells what would be done and writes nothing
   */
  async mend(caseNumber: string, dryRun: boolean): Promise<Mended | null> {
    const families = await readFamilies(this.ports.store, [caseNumber]);
    const standing = families.cases.get(caseNumber);
    if (standing === undefined) return null;
    const known = { ...families, mayJoin: this.mayJoin };
    const [breach] = breachesOf(standing, known);
    if (breach === undefined) return null;
    const remedy = remedyFor(breach, standing, known);
    const was = breach.says;
    try {
      if (!dryRun) await this.#apply(remedy, standing, (families.orders.get(caseNumber) ?? []).length);
      return { caseNumber, was, done: remedySays(remedy), ok: true };
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TransientError)) throw error;
      return { caseNumber, was, done: error.message, ok: false };
    }
  }

  /** @throws RangeError  it cannot be done, and why */
  async #apply(remedy: Remedy, standing: CaseStanding, orders: number): Promise<void> {
    const { caseNumber } = standing;
    const at = this.ports.clock.now().toISOString();
    switch (remedy.kind) {
      case 'with-parent':
        return;
      case 'settle':
        return settleFollower(this.ports, caseNumber, at, mendActor);
      case 'unlink': {
        const dueAtIfReopened = dueAfterReopening(this.ports.city, standing.serviceCode, at);
        const parent = remedy.parent as CaseNumber;
        return this.#give(
          { type: 'UnlinkCase', data: { caseNumber, parent, unlinkedAt: at, dueAtIfReopened } },
          at,
        );
      }
      case 'reopen': {
        const dueAt = dueAfterReopening(this.ports.city, standing.serviceCode, at);
        return this.#give(
          { type: 'ReopenCase', data: { caseNumber, reopenedAt: at, dueAt, imported: false, by: 'staff' } },
          at,
        );
      }
      case 'route':
        return this.#routeAgain(caseNumber, at);
      case 'issue-order':
        return this.#issue(standing, orders + 1, at);
      case 'cancel-orders':
        for (const order of remedy.orders)
          await cancelOrder(this.ports.store, order, remedy.reason, this.#mending(standing, at));
    }
  }

  async #give(command: CaseCommand, at: Instant): Promise<void> {
    const handled = await commandCase(this.ports.store, command, at, mendActor);
    if (handled?.outcome !== 'accepted')
      throw new RangeError(`the case refuses it: ${handled?.refusal.code ?? 'there is no such case'}`);
  }

  /** The route came when the case had ended, and nobody told it again once it was opened again. */
  async #routeAgain(caseNumber: CaseNumber, at: Instant): Promise<void> {
    const stored = await this.ports.store.readStream(streamName('routing.case', caseNumber));
    const decided = stored.flatMap((event) => routingTopicSource.translate(event) ?? []).at(-1);
    if (decided === undefined)
      throw new RangeError('routing has decided nothing yet: start a process whose TARGET covers routing');
    await this.#give(followRouting(decided as RoutingEvent), at);
  }

  async #issue(standing: CaseStanding, n: number, at: Instant): Promise<void> {
    const state = await readCase(this.ports.store, standing.caseNumber);
    if (state.status !== 'open' || state.routing.stage !== 'routed')
      throw new RangeError('the case has moved on meanwhile: run this again');
    const { serviceCode, clock, routing } = state;
    const { departmentId, queue, priority } = routing;
    const route = { departmentId, queue, priority, serviceCode, dueAt: clock.dueAt };
    await issueOrder(this.ports.store, n, route, this.#mending(standing, at));
  }

  #mending({ caseNumber, revision }: CaseStanding, at: Instant): Mending {
    const { jurisdiction } = this.ports.city;
    return {
      caseNumber,
      caseRevision: revision,
      at,
      context: { actor: mendActor, jurisdiction, imported: false, correlationId: crypto.randomUUID() },
    };
  }
}
