import { setTimeout as pause } from 'node:timers/promises';

import { between, pick, type Random } from '../../generated/random.js';
import { itemsOf, membersOf, textOf } from '../../server/json.js';
import type { SentMove } from '../history.js';
import type { Doors } from './doors.js';

interface Order {
  readonly workOrderId: string;
  readonly departmentId: string;
  readonly queue: string;
}
interface Move {
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const done = { outcome: 'resolved', outcomeLabel: 'Case Resolved', text: 'Done, thank you for telling us.' };
const betweenTriesMs = 30;
const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString();

/** Departments at work: they follow the inbox and move every order, one by one or in batches, to some end. */
export class Crews {
  readonly moves: SentMove[] = [];
  /** Departments and queues that had work, for those who send work on. */
  readonly places: Order[] = [];
  #cursor = '';

  constructor(
    private readonly doors: Doors,
    private readonly random: Random,
    private readonly name: string,
    /** Part of the orders that this crew takes; two crews may reach for the same one. */
    private readonly share: number,
  ) {}

  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { body } = await this.doors.ask({
        path: `/api/work-orders?follow=true&wait=1&limit=60${this.#cursor === '' ? '' : `&cursor=${encodeURIComponent(this.#cursor)}`}`,
      });
      const next = textOf(membersOf(body)['next']);
      if (next !== '') this.#cursor = next;
      const orders = itemsOf(body, 'items')
        .filter(({ status }) => status === 'issued')
        .map((item) => ({
          workOrderId: textOf(item['workOrderId']),
          departmentId: textOf(item['departmentId']),
          queue: textOf(item['queue']),
        }));
      if (this.places.length < 50) this.places.push(...orders);
      await this.#play(orders.filter(() => this.random() < this.share));
      await pause(between(this.random, 5, 40));
    }
  }

  async #play(orders: readonly Order[]): Promise<void> {
    const together: { readonly order: Order; readonly plan: readonly Move[] }[] = [];
    for (const order of orders) {
      const plan = this.#plan();
      if (this.random() < 0.8) together.push({ order, plan });
      else for (const move of plan) await this.#single(order, move);
    }
    for (let round = 0; together.some(({ plan }) => plan.length > round); round += 1) {
      await this.#batch(
        together.flatMap(({ order, plan }) => {
          const move = plan[round];
          return move === undefined ? [] : [{ order, move }];
        }),
      );
    }
  }

  #plan(): readonly Move[] {
    const complete: Move = { action: 'complete', body: done };
    const claim: Move = { action: 'claim', body: { by: this.name } };
    const schedule: Move = { action: 'schedule', body: { scheduledFor: tomorrow() } };
    const [start, resume]: [Move, Move] = [
      { action: 'start', body: {} },
      { action: 'resume', body: {} },
    ];
    const pauseWork: Move = { action: 'pause', body: { reason: 'Waiting for parts' } };
    const dice = this.random();
    if (dice < 0.5) return [complete];
    if (dice < 0.65) return [claim, schedule, start, complete];
    if (dice < 0.75) return [start, pauseWork, resume, complete];
    if (dice < 0.8) return [claim, { action: 'accept', body: {} }];
    if (dice < 0.92) return [{ action: 'hand-back', body: { reason: 'This is not our street.' } }];
    return [];
  }

  async #single({ workOrderId }: Order, { action, body }: Move): Promise<void> {
    const { status } = await this.doors.ask({ path: `/api/work-orders/${workOrderId}/${action}`, body });
    this.moves.push({ workOrderId, action, status });
  }

  async #batch(items: readonly { readonly order: Order; readonly move: Move }[]): Promise<void> {
    let left = items;
    for (let round = 0; left.length > 0; round += 1) {
      if (round > 0) await pause(betweenTriesMs);
      const asked = left;
      const { body } = await this.doors.ask({
        path: '/api/work-orders/batch',
        body: {
          items: asked.map(({ order, move }) => ({
            workOrderId: order.workOrderId,
            action: move.action,
            ...move.body,
          })),
        },
      });
      const statuses = itemsOf(body, 'results').map(({ status }) => Number(status));
      left = asked.filter(({ order, move }, index) => {
        const status = statuses[index] ?? 503;
        if (status >= 500) return true;
        this.moves.push({ workOrderId: order.workOrderId, action: move.action, status });
        return false;
      });
    }
  }
}

/** The triage desk: gives what waits there to some department, and now and then joins two cases. */
export class TriageClerk {
  overrides = 0;
  links = 0;

  constructor(
    private readonly doors: Doors,
    private readonly random: Random,
    private readonly crews: Crews,
  ) {}

  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(between(this.random, 100, 300));
      const { body } = await this.doors.ask({ path: '/api/routing/triage?limit=20' });
      const waiting = this.crews.places.length === 0 ? [] : itemsOf(body, 'items');
      for (const { caseNumber } of waiting.filter(() => this.random() < 0.6))
        await this.#override(textOf(caseNumber));
      if (this.random() < 0.3) await this.#link();
    }
  }

  async #override(caseNumber: string): Promise<void> {
    const { departmentId, queue } = pick(this.random, this.crews.places);
    const { status } = await this.doors.ask({
      path: `/api/routing/triage/${caseNumber}`,
      body: { departmentId, queue },
    });
    if (status === 200) this.overrides += 1;
  }

  /** One open case follows another of its kind. */
  async #link(): Promise<void> {
    const { body } = await this.doors.ask({
      path: '/api/work-orders?status=issued,claimed,started&limit=200',
    });
    const kinds = Map.groupBy(itemsOf(body, 'items'), ({ serviceCode }) => textOf(serviceCode));
    const several = [...kinds.values()].filter(({ length }) => length > 1);
    if (several.length === 0) return;
    const alike = pick(this.random, several).map(({ caseNumber }) => textOf(caseNumber));
    const [child, parent] = [pick(this.random, alike), pick(this.random, alike)];
    const { status } = await this.doors.ask({ path: `/api/cases/${child}/link`, body: { parent } });
    if (status === 200) this.links += 1;
  }
}
