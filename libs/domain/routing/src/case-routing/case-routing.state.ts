import { assertNever } from '@city311/kernel';
import type { Instant } from '@city311/kernel';

import type { CaseRoutingEvent, RouteDecided } from './case-routing.events.js';

/** How a case that is not closed stands with routing. */
export type OpenRouting =
  | { readonly status: 'awaiting-route' }
  | { readonly status: 'reclassified'; readonly definitionVersion: number; readonly serviceCode: string }
  | {
      readonly status: 'routed';
      readonly departmentId: string;
      readonly queue: string;
      readonly priority: RouteDecided['data']['priority'];
      readonly dueAt: Instant | null;
    }
  | { readonly status: 'in-triage'; readonly departmentId: string; readonly queue: string }
  | { readonly status: 'outside-city' };

/** A closed case remembers where it stood, for a reopening. */
type Standing =
  OpenRouting | { readonly status: 'closed'; readonly closedAt: Instant; readonly before: OpenRouting };

export type CaseRouting = Standing & {
  /** Newest news of the Case stream that left its mark here, by its place there; -1 before the first. */
  readonly heard: number;
};

export const initialState: CaseRouting = { status: 'awaiting-route', heard: -1 };

/** The standing without its close. */
export const openPart = (state: Standing): OpenRouting => (state.status === 'closed' ? state.before : state);

const heardIn = (event: CaseRoutingEvent): number =>
  (event.type === 'SentToTriage' || event.type === 'ReclassificationNoted'
    ? event.data.causedBySequence
    : undefined) ?? -1;

export const evolve = (state: CaseRouting, event: CaseRoutingEvent): CaseRouting => {
  const { heard, ...standing } = state;
  return { ...after(standing, event), heard: Math.max(heard, heardIn(event)) };
};

const after = (state: Standing, event: CaseRoutingEvent): Standing => {
  switch (event.type) {
    case 'RouteDecided': {
      const { departmentId, queue, priority, dueAt } = event.data;
      return { status: 'routed', departmentId, queue, priority, dueAt };
    }
    case 'ImportedRouteNoted': {
      const { departmentId, queue, dueAt } = event.data;
      return { status: 'routed', departmentId, queue, priority: 'normal', dueAt };
    }
    case 'SentToTriage': {
      const { departmentId, queue } = event.data;
      return { status: 'in-triage', departmentId, queue };
    }
    case 'FoundOutsideCity':
      return { status: 'outside-city' };
    case 'ReclassificationNoted': {
      const { definitionVersion, serviceCode } = event.data;
      return { status: 'reclassified', definitionVersion, serviceCode };
    }
    case 'CloseNoted':
      return { status: 'closed', closedAt: event.data.closedAt, before: openPart(state) };
    case 'ReopeningNoted':
      return openPart(state);
    default:
      return assertNever(event);
  }
};
