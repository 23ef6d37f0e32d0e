import type { ClassConstructor } from 'class-transformer';

import type { WorkOrderCommand } from '@city311/domain-departments';
import type { Instant } from '@city311/kernel';
import { faultsOf, isBlankText, type Fault } from '@city311/platform';
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
  readonly at: Instant | undefined;
  readonly faults: readonly Fault[];
  /** Texts are protected as the words of `author`, the department's staff. */
  command(at: Instant, vault: Vault, author: `staff:${string}`): WorkOrderCommand | Promise<WorkOrderCommand>;
}

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));
const utc = (instant: string): Instant => new Date(instant).toISOString();

const asked = <Body extends MoveDto>(
  shape: ClassConstructor<Body>,
  body: unknown,
  command: (
    value: Body,
    at: Instant,
    vault: Vault,
    author: `staff:${string}`,
  ) => WorkOrderCommand | Promise<WorkOrderCommand>,
): Asked => {
  const { value, faults } = faultsOf(shape, body);
  return {
    at: isInstant(value.at) ? utc(value.at) : undefined,
    faults,
    command: (at, vault, author) => command(value, at, vault, author),
  };
};

/** Reads the body of a transition. */
export const askedFor = (action: Action, body: unknown): Asked => {
  switch (action) {
    case 'claim':
      return asked(ClaimDto, body, ({ by }, at) => ({ type: 'Claim', data: { at, by } }));
    case 'accept':
      return asked(MoveDto, body, (_, at) => ({ type: 'Accept', data: { at } }));
    case 'schedule':
      return asked(ScheduleDto, body, ({ scheduledFor }, at) => ({
        type: 'Schedule',
        data: { at, scheduledFor: utc(scheduledFor) },
      }));
    case 'start':
      return asked(MoveDto, body, (_, at) => ({ type: 'Start', data: { at } }));
    case 'pause':
      return asked(PauseDto, body, ({ reason }, at) => ({ type: 'Pause', data: { at, reason } }));
    case 'resume':
      return asked(MoveDto, body, (_, at) => ({ type: 'Resume', data: { at } }));
    case 'hand-back':
      return asked(HandBackDto, body, async ({ reason }, at, vault, author) => ({
        type: 'HandBack',
        data: { at, reason: await vault.protectWritten(author, reason) },
      }));
    case 'complete':
      return asked(CompleteDto, body, completion);
  }
};

const completion = async (
  { at: toldAt, outcome, outcomeLabel = '', text, media = [], stamp }: CompleteDto,
  at: Instant,
  vault: Vault,
  author: `staff:${string}`,
): Promise<WorkOrderCommand> => ({
  type: 'Complete',
  data: {
    at,
    outcome,
    outcomeLabel,
    ...(text === undefined || text === '' || (toldAt === undefined && isBlankText(text))
      ? {}
      : { text: await vault.protectWritten(author, text) }),
    media: media.map(({ url }) => ({ kind: 'external', url })),
    ...(stamp === undefined ? {} : { stamp }),
  },
});
