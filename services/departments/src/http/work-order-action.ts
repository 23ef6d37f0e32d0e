import type { ClassConstructor } from 'class-transformer';

import type { LocalClock } from '@city311/city';
import type { WorkOrderCommand } from '@city311/domain-departments';
import type { Instant } from '@city311/kernel';
import {
  faultsOf,
  happenedAt,
  happenedFaults,
  cleanText,
  isLocalDay,
  plannedFaults,
  type Fault,
} from '@city311/platform';
import type { Vault } from '@city311/vault';

import { ClaimDto, CompleteDto, HandBackDto, MoveDto, PauseDto, ScheduleDto } from './work-order.dto.js';

export const actions = [
  'claim',
  'accept',
  'schedule',
  'start',
  'pause',
  'resume',
  'complete',
  'hand-back',
] as const;
export type Action = (typeof actions)[number];

export const isAction = (value: unknown): value is Action => actions.some((action) => action === value);

/** A transition that was asked for, checked, its texts not yet protected. */
export interface Asked {
  /** When it happened, where the caller said so. */
  readonly told: Instant | undefined;
  /** When it happened: as told, never after now. */
  readonly at: Instant;
  readonly faults: readonly Fault[];
  /** Texts are protected as the words of `author`, the department's staff. */
  command(vault: Vault, author: `staff:${string}`): WorkOrderCommand | Promise<WorkOrderCommand>;
}

/** When somebody asks, and the city's clock, by which they mean days. */
export interface AskedWhen {
  readonly now: Date;
  readonly clock: LocalClock;
}

/** Noon, as far from the days beside it as can be: whoever shows the instant shows that day. */
const instantOf = (planned: string, clock: LocalClock): Instant =>
  isLocalDay(planned) ? clock.fromLocal(`${planned} 12:00:00`) : planned;

const asked = <Body extends MoveDto>(
  shape: ClassConstructor<Body>,
  body: unknown,
  { now }: AskedWhen,
  command: (
    value: Body,
    at: Instant,
    vault: Vault,
    author: `staff:${string}`,
  ) => WorkOrderCommand | Promise<WorkOrderCommand>,
): Asked & { readonly value: Body } => {
  const { value, faults } = faultsOf(shape, body);
  const told = faults.some(({ path }) => path === 'at') ? undefined : value.at;
  const at = happenedAt(told, now);
  return {
    value,
    told,
    at,
    faults: [...faults, ...happenedFaults('at', told, now)],
    command: (vault, author) => command(value, at, vault, author),
  };
};

const schedule = (body: unknown, when: AskedWhen): Asked => {
  const plannedFor = ({ scheduledFor }: ScheduleDto): Instant => instantOf(scheduledFor, when.clock);
  const order = asked(ScheduleDto, body, when, (value, at) => ({
    type: 'Schedule',
    data: { at, scheduledFor: plannedFor(value) },
  }));
  if (order.faults.length > 0) return order;
  return { ...order, faults: plannedFaults('scheduledFor', plannedFor(order.value), order.at) };
};

/** Reads the body of a transition. */
export const askedFor = (action: Action, body: unknown, when: AskedWhen): Asked => {
  switch (action) {
    case 'claim':
      return asked(ClaimDto, body, when, ({ by }, at) => ({ type: 'Claim', data: { at, by } }));
    case 'accept':
      return asked(MoveDto, body, when, (_, at) => ({ type: 'Accept', data: { at } }));
    case 'schedule':
      return schedule(body, when);
    case 'start':
      return asked(MoveDto, body, when, (_, at) => ({ type: 'Start', data: { at } }));
    case 'pause':
      return asked(PauseDto, body, when, ({ reason }, at) => ({ type: 'Pause', data: { at, reason } }));
    case 'resume':
      return asked(MoveDto, body, when, (_, at) => ({ type: 'Resume', data: { at } }));
    case 'hand-back':
      return asked(HandBackDto, body, when, async ({ reason }, at, vault, author) => ({
        type: 'HandBack',
        data: { at, reason: await vault.protectWritten(author, reason) },
      }));
    case 'complete':
      return asked(CompleteDto, body, when, completion);
  }
};

const completion = async (
  { at: toldAt, outcome, outcomeLabel = '', text, media = [], stamp }: CompleteDto,
  at: Instant,
  vault: Vault,
  author: `staff:${string}`,
): Promise<WorkOrderCommand> => {
  // History is told back to the letter.
  const words = text === undefined || toldAt !== undefined ? text : cleanText(text);
  return {
    type: 'Complete',
    data: {
      at,
      outcome,
      outcomeLabel,
      ...(words === undefined || words === '' ? {} : { text: await vault.protectWritten(author, words) }),
      media: media.map(({ url }) => ({ kind: 'external', url })),
      ...(stamp === undefined ? {} : { stamp }),
    },
  };
};
