import type { DomainEvent } from '@city311/kernel';

import { UnknownEventTypeError } from './errors.js';
import type { EventCodec } from './handle.js';

/** The data of one version of an event made into that of the next. */
export type Upcaster = (data: unknown) => unknown;

export interface EventCodecOptions<Event extends DomainEvent> {
  /** First part of the wire types: `intake` for `intake.CaseOpened.v1`. */
  readonly context: string;
  /** Every event of the union with the version that is written today, 1 or more. */
  readonly types: Readonly<Record<Event['type'], number>>;
  /** By the wire type of the older version, `'intake.CaseOpened.v1'`; each leads to the next version. */
  readonly upcasters?: Readonly<Record<string, Upcaster>>;
}

interface Known {
  readonly type: string;
  readonly upcasters: readonly Upcaster[];
}

/**
 * Codec of one context's events. A stored type that is neither current nor led to the current version by upcasters
 * is unknown.
 * @throws RangeError  an upcaster belongs to no older version of a listed type, or one on its way to today is missing
 */
export const createEventCodec = <Event extends DomainEvent>(
  options: EventCodecOptions<Event>,
): EventCodec<Event> => {
  const { context, types, upcasters = {} } = options;
  const wireTypes = new Map<string, string>();
  const known = new Map<string, Known>();
  const left = new Set(Object.keys(upcasters));

  for (const [type, version] of Object.entries<number>(types)) {
    const wireType = (of: number): string => `${context}.${type}.v${of}`;
    wireTypes.set(type, wireType(version));
    let steps: readonly Upcaster[] = [];
    known.set(wireType(version), { type, upcasters: steps });
    for (let older = version - 1; older >= 1; older -= 1) {
      const step = upcasters[wireType(older)];
      if (step === undefined) break;
      left.delete(wireType(older));
      steps = [step, ...steps];
      known.set(wireType(older), { type, upcasters: steps });
    }
  }
  if (left.size > 0) throw new RangeError(`upcasters that lead nowhere: ${[...left].join(', ')}`);

  return {
    reads: [...known.keys()],
    toWire(event) {
      const type = wireTypes.get(event.type);
      if (type === undefined) throw new UnknownEventTypeError(`${context}.${event.type}`);
      return { type, data: event.data };
    },
    fromWire(wireType, stored) {
      const found = known.get(wireType);
      if (found === undefined) throw new UnknownEventTypeError(wireType);
      let data = stored;
      for (const upcast of found.upcasters) data = upcast(data);
      // the context's own events are the only ones stored under its types
      return { type: found.type, data } as Event;
    },
  };
};
