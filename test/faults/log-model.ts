import type { RecordedEvent } from '@city311/kernel';

import { membersOf, textOf } from '../server/json.js';

/** An event with its place in the whole log. */
export interface Placed {
  readonly event: RecordedEvent;
  readonly place: number;
}

export const nameOf = ({ event }: Placed): string => `${event.stream}@${event.sequence}`;
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
export const dataOf = ({ event }: Placed): Readonly<Record<string, unknown>> => membersOf(event.data);

export class Log {
  readonly all: readonly Placed[];
  readonly streams = new Map<string, Placed[]>();
  readonly #caused = new Map<string, Placed[]>();

  constructor(events: readonly RecordedEvent[]) {
    this.all = events.map((event, place) => ({ event, place }));
    for (const placed of this.all) {
      const { stream, causationId } = placed.event;
      append(this.streams, stream, placed);
      if (causationId !== undefined) append(this.#caused, causationId, placed);
    }
  }

  of(category: string): readonly (readonly Placed[])[] {
    return [...this.streams].flatMap(([stream, events]) => (categoryOf(stream) === category ? [events] : []));
  }

  stream(name: string): readonly Placed[] {
    return this.streams.get(name) ?? [];
  }

  typed(type: string): readonly Placed[] {
    return this.all.filter(({ event }) => event.type === type);
  }

  causedBy({ event }: Placed): readonly Placed[] {
    return this.#caused.get(event.id) ?? [];
  }
}

const append = (map: Map<string, Placed[]>, key: string, placed: Placed): void => {
  const before = map.get(key);
  if (before === undefined) map.set(key, [placed]);
  else before.push(placed);
};

/** Where a case stands after one of its events, as the checker understands it. */
export interface Standing {
  readonly status: 'open' | 'closed' | 'withdrawn';
  readonly with:
    | { readonly stage: 'nobody' | 'triage' | 'referred' }
    | { readonly stage: 'department'; readonly departmentId: string };
  readonly parent: string | null;
}

const opened: Standing = { status: 'open', with: { stage: 'nobody' }, parent: null };

const after = (standing: Standing, placed: Placed): Standing => {
  const data = dataOf(placed);
  switch (placed.event.type) {
    case 'intake.CaseRouted.v1':
      return data['basis'] === 'triage'
        ? { ...standing, with: { stage: 'triage' } }
        : { ...standing, with: { stage: 'department', departmentId: textOf(data['departmentId']) } };
    case 'intake.CaseReturnedToTriage.v1':
      return { ...standing, with: { stage: 'triage' } };
    case 'intake.CaseReferred.v1':
      return { ...standing, with: { stage: 'referred' } };
    case 'intake.CaseLinked.v1':
      return { ...standing, parent: textOf(data['parent']) };
    case 'intake.CaseUnlinked.v1':
      return { ...standing, parent: null };
    case 'intake.CaseClosed.v1':
      return { ...standing, status: 'closed' };
    case 'intake.CaseWithdrawn.v1':
      return { ...standing, status: 'withdrawn' };
    case 'intake.CaseReopened.v1':
      return { ...standing, status: 'open' };
    default:
      return standing;
  }
};

/** How the case stood after each of its events. */
export const standingsOf = (
  events: readonly Placed[],
): readonly { readonly placed: Placed; readonly standing: Standing }[] => {
  let standing = opened;
  return events.map((placed) => {
    standing = after(standing, placed);
    return { placed, standing };
  });
};

export const lastStanding = (events: readonly Placed[]): Standing =>
  standingsOf(events).at(-1)?.standing ?? opened;

/** Whether at some moment after `place` in the log the case was as `holds` says. */
export const onceAfter = (
  events: readonly Placed[],
  place: number,
  holds: (standing: Standing) => boolean,
): boolean => {
  const standings = standingsOf(events);
  return standings.some(({ standing }, index) => {
    const until = standings[index + 1]?.placed.place ?? Number.POSITIVE_INFINITY;
    return until > place && holds(standing);
  });
};
