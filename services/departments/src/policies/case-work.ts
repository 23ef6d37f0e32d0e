import type { CaseEvent } from '@city311/contracts';
import {
  reactTo,
  workOrder,
  workOrderId,
  type Reaction,
  type WorkOrder,
  type WorkOrderCommand,
} from '@city311/domain-departments';
import type { CommandItem, EventStore } from '@city311/eventing';
import { fold, type PublicEvent, type StreamName } from '@city311/kernel';

import { workOrderCodec } from '../work-order.codec.js';
import {
  following,
  onBehalf,
  workOrderStream,
  type OnBehalf,
  type WorkOrderHandler,
} from '../work-orders/work-order-handler.js';
import { newsOf } from './case-news.js';

/** One command of the policy, and in which round it is given: a case's later commands wait for its earlier ones. */
interface Step {
  readonly round: number;
  readonly item: CommandItem<OnBehalf>;
}

const isRouted = (event: CaseEvent): boolean =>
  event.type === 'intake.CaseRouted.v1' && event.data.basis !== 'triage';

/**
 * Keeps the work orders of each case in step with the case. What it must know is in the orders' own streams, so
 * that events may come twice or all over again.
 */
export class CaseWork {
  constructor(
    private readonly store: EventStore,
    private readonly handler: WorkOrderHandler,
  ) {}

  /** All or nothing: throws where a command failed; then the same events may be given again. */
  async follow(events: readonly PublicEvent[]): Promise<void> {
    const news = events as readonly CaseEvent[];
    const hasOrders = await this.#react(news, firstRoutes(news));
    if (hasOrders.size === 0) return;
    const again = news.filter(({ subject }) => hasOrders.has(subject));
    await this.#react(again, new Set());
  }

  /**
   * @param fresh  cases that are taken to have no orders yet, without looking
   * @returns those of `fresh` that turned out to have some: to them nothing was done
   */
  async #react(news: readonly CaseEvent[], fresh: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const subjects = new Set(news.map(({ subject }) => subject));
    const orders = await this.#ordersOf([...subjects].filter((subject) => !fresh.has(subject)));
    for (const subject of fresh) orders.set(subject, []);
    const hasOrders = new Set<string>();
    const steps = this.#plan(news, orders);
    for (let round = 0; ; round += 1) {
      const now = steps.filter((step) => step.round === round && !hasOrders.has(step.item.context.subject));
      if (now.length === 0) return hasOrders;
      const items = now.map(({ item }) => item);
      await this.#do(
        round === 0 && fresh.size > 0
          ? items.map((item) => ({ ...item, assumeNew: fresh.has(item.context.subject) }))
          : items,
        hasOrders,
      );
    }
  }

  /** The orders of each case, first to last. Nearly always none or one, so that two reads do. */
  async #ordersOf(caseNumbers: readonly string[]): Promise<Map<string, WorkOrder[]>> {
    const orders = new Map<string, WorkOrder[]>();
    let asking = caseNumbers;
    for (let n = 1; asking.length > 0; n += 1) {
      const streams = asking.map((caseNumber) => workOrderStream(workOrderId(caseNumber, n)));
      const found = await this.store.readStreams(streams);
      const more: string[] = [];
      for (const [index, caseNumber] of asking.entries()) {
        const events = found.get(streams[index] as StreamName);
        const before = orders.get(caseNumber) ?? [];
        orders.set(caseNumber, before);
        if (events === undefined) continue;
        before.push(
          fold(
            workOrder,
            events.map(({ type, data }) => workOrderCodec.fromWire(type, data)),
          ),
        );
        more.push(caseNumber);
      }
      asking = more;
    }
    return orders;
  }

  /** Reactions to all events, each decided on what the ones before it will have led to. Changes `orders`. */
  #plan(news: readonly CaseEvent[], orders: ReadonlyMap<string, WorkOrder[]>): Step[] {
    const steps: Step[] = [];
    const rounds = new Map<string, number>();
    for (const event of news) {
      const told = newsOf(event);
      const own = orders.get(event.subject);
      if (told === null || own === undefined) continue;
      const { sequence, time: at, imported } = event;
      const reaction = reactTo(
        { caseNumber: event.data.caseNumber, sequence, at, imported, news: told },
        own,
      );
      for (const { id, command, n } of commandsOf(reaction, own.length)) {
        const state = own[n - 1] ?? workOrder.initialState;
        const decision = workOrder.decide(command, state);
        if (decision.outcome === 'accepted') own[n - 1] = fold(workOrder, decision.events, state);
        const round = rounds.get(event.subject) ?? 0;
        rounds.set(event.subject, round + 1);
        const item = {
          stream: workOrderStream(id),
          command: onBehalf(null, command),
          context: following(event, 'case-work'),
        };
        steps.push({ round, item });
      }
    }
    return steps;
  }

  /** Adds to `hasOrders` the cases that were taken for new, and whose first order stands already. */
  async #do(items: readonly CommandItem<OnBehalf>[], hasOrders: Set<string>): Promise<void> {
    const results = await this.handler.handleMany(items);
    for (const [index, { assumeNew, context }] of items.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      if (result.outcome === 'failed') throw result.error;
      if (assumeNew === true && (result.outcome === 'refused' || result.events.length === 0)) {
        hasOrders.add(context.subject);
      } else if (result.outcome === 'refused') {
        throw new Error(`a work order refused its case: ${result.refusal.code}`);
      }
    }
  }
}

/** Cases whose first news is a route: nearly always their first, so that there is no order to look for. */
const firstRoutes = (news: readonly CaseEvent[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  const fresh = new Set<string>();
  for (const event of news) {
    if (!seen.has(event.subject) && isRouted(event)) fresh.add(event.subject);
    seen.add(event.subject);
  }
  return fresh;
};

/** The commands of a reaction in their order, with the number of the order that each is for. */
const commandsOf = (
  reaction: Reaction,
  count: number,
): readonly { readonly id: string; readonly command: WorkOrderCommand; readonly n: number }[] => {
  if (reaction.outcome === 'ignored') return [];
  const { end, begin } = reaction;
  return [
    ...(end === null ? [] : [{ id: end.workOrderId, command: end.command, n: count }]),
    ...(begin === null ? [] : [{ id: begin.workOrderId, command: begin.command, n: count + 1 }]),
  ];
};
