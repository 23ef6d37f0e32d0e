import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { PublicEvent } from '@city311/kernel';

import type { Outcome } from '../messaging.js';
import type { ConsumerState } from './consumer-state.js';
import { createTranslator } from './entry.js';
import { nth, ownState, source, wanted } from './fed-log.spec-support.js';
import { toPark } from './message.js';
import { Resender } from './resender.js';

const member = { group: 'group', topic: source.topic, token: 1 };
const translate = createTranslator([source]);

describe('What sends parked messages again', () => {
  let state: ConsumerState;
  let close: () => Promise<void>;
  let stop: AbortController;
  let errors: unknown[];
  let emptied: string[];
  beforeEach(async () => {
    ({ state, close } = await ownState());
    state.claim(member);
    state.park(
      member,
      [1, 2].map((n) => toPark(translate(nth(n, 'A')), 'why', 1)),
    );
    state.requestResend(member.group, 'A');
    stop = new AbortController();
    errors = [];
    emptied = [];
  });
  afterEach(() => close());

  const resenderOf = (
    one: (event: PublicEvent) => Promise<Outcome>,
    of: ConsumerState = state,
    types = new Set([wanted]),
  ): Resender =>
    new Resender({
      state: of,
      member,
      source,
      types,
      delivery: { one, many: null },
      stopping: stop.signal,
      onEmpty: (caseNumber) => emptied.push(caseNumber),
      onError: (error) => errors.push(error),
    });
  const standing = (): readonly number[] => state.list({ limit: 10 }).map(({ sequence }) => sequence);

  it('gives a line in order until it is empty, and is not asked any more', async () => {
    const given: unknown[] = [];
    const resender = resenderOf(async ({ data }) => {
      given.push(data);
      return 'handled';
    });
    resender.look();
    await resender.idle();
    expect({ given, standing: standing(), emptied, errors }).toEqual({
      ...{ given: [1, 2], standing: [], emptied: ['A'], errors: [] },
    });
    expect(state.resends(member)).toEqual([]);
  });

  it('gives nothing more after a stop, and leaves the rest asked for', async () => {
    const given: unknown[] = [];
    const resender = resenderOf(async ({ data }) => {
      given.push(data);
      stop.abort();
      return 'handled';
    });
    resender.look();
    await resender.idle();
    expect(given).toEqual([1]);
    expect(standing()).toEqual([2]);
    expect(state.resends(member)).toEqual(['A']);
    resender.look();
    await resender.idle();
    expect(given).toEqual([1]);
  });

  it('lets a message go, ungiven, whose type nobody consumes any more', async () => {
    const given: unknown[] = [];
    const resender = resenderOf(
      async ({ data }) => {
        given.push(data);
        return 'handled';
      },
      state,
      new Set(['test.Other.v1']),
    );
    resender.look();
    await resender.idle();
    expect({ given, standing: standing(), emptied }).toEqual({ given: [], standing: [], emptied: ['A'] });
  });

  it('keeps a line from where it fails again, with its newest reason', async () => {
    const resender = resenderOf(async ({ data }) => (data === 2 ? { park: 'still not' } : 'handled'));
    resender.look();
    await resender.idle();
    expect(state.list({ limit: 10 })).toMatchObject([{ sequence: 2, reason: 'still not', attempts: 2 }]);
    expect(state.resends(member)).toEqual([]);
  });

  it.each(['resends', 'line', 'unpark', 'parkAgain', 'resendDone'] as const)(
    'tells where %s cannot be read or written, and may be called again',
    async (method) => {
      const refusal = new Error('the file is away');
      let away = true;
      const guarded = new Proxy(state, {
        get: (target, name, receiver): unknown => {
          if (away && name === method) throw refusal;
          return Reflect.get(target, name, receiver);
        },
      });
      const outcome: Outcome = method === 'parkAgain' ? { park: 'still not' } : 'handled';
      const resender = resenderOf(async () => outcome, guarded);
      resender.look();
      await resender.idle();
      expect(errors).toEqual([refusal]);
      away = false;
      resender.look();
      await resender.idle();
      expect(errors).toEqual([refusal]);
      expect(standing()).toEqual(method === 'parkAgain' ? [1, 2] : []);
    },
  );
});
