import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventStore, UnknownEventTypeError } from '@city311/eventing';
import { streamName, type RecordedEvent } from '@city311/kernel';
import { newTestEvent, type MessagingFixture, type ToPublish } from '@city311/testing';

import type { Messaging } from '../consumer-groups.js';
import type { BatchHandler, CaseHandler, TopicSource } from '../messaging.js';
import type { ConsumerState } from './consumer-state.js';
import { createLogMessaging } from './log-messaging.js';
import { openSqliteConsumerState } from './sqlite-consumer-state.js';

const topic = 'test.contract.topic.v1';
const changed = 'test.Changed.v1';
const unknown = 'test.Unknown.v1';

interface Process {
  readonly messaging: Messaging;
  readonly state: ConsumerState;
  dead: boolean;
  isolated: boolean;
}

/** State of a process that can be killed (every call fails) or isolated (it believes to have its leases still). */
const fallible = (state: ConsumerState, process: () => Process): ConsumerState => {
  const alive = new Proxy(state, {
    get: (target, name, receiver) => {
      if (process().dead) throw new Error('this process is dead');
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const { leases } = state;
  return new Proxy(alive, {
    get: (target, name, receiver) =>
      name === 'leases'
        ? {
            ...leases,
            acquire: async (key: string, holder: string, ttlMs: number) =>
              process().dead ? null : leases.acquire(key, holder, ttlMs),
            renew: async (lease: Parameters<typeof leases.renew>[0], ttlMs: number) =>
              process().isolated || process().dead || leases.renew(lease, ttlMs),
            release: async (lease: Parameters<typeof leases.release>[0]) =>
              process().dead ? undefined : leases.release(lease),
          }
        : (Reflect.get(target, name, receiver) as unknown),
  });
};

const never = new Promise<never>(() => undefined);

/** A handler that is neither called nor answers once its process is dead. */
const mortal =
  <Input, Answer>(handle: (input: Input) => Promise<Answer>, process: () => Process) =>
  async (input: Input): Promise<Answer> => {
    if (process().dead) return never;
    try {
      return await handle(input);
    } finally {
      if (process().dead) await never;
    }
  };

/** Several "processes" on one folder, each with its own connection to the consumers' state. */
export const logMessagingFixture = async (): Promise<MessagingFixture> => {
  const folder = await mkdtemp(join(tmpdir(), 'messaging-'));
  const store = await openSqliteEventStore({ folder });
  const processes: Process[] = [];
  let canRead = false;
  const source: TopicSource = {
    topic,
    category: 'test.case',
    translate: (stored: RecordedEvent) => {
      if (stored.type !== unknown) return stored;
      if (!canRead) throw new UnknownEventTypeError(stored.type);
      return { ...stored, type: changed };
    },
  };
  const append = async (events: readonly ToPublish[]): Promise<void> => {
    await Promise.all(
      events.map(({ caseNumber, type, data }) =>
        store.append(
          streamName('test.case', caseNumber),
          [newTestEvent(data, { subject: caseNumber, type })],
          'any',
        ),
      ),
    );
  };
  const processOf = (member: Messaging): Process => {
    const found = processes.find(({ messaging }) => messaging === member);
    if (found === undefined) throw new RangeError('not a member of this fixture');
    return found;
  };

  return {
    topic,
    publish: append,
    publishUnreadable: (caseNumber) => append([{ caseNumber, type: unknown, data: 2 }]),
    learnToRead: () => {
      canRead = true;
    },
    join: async () => {
      const state = openSqliteConsumerState({ folder });
      const log = createLogMessaging({
        store,
        sources: [source],
        state: fallible(state, () => process),
        owner: `member-${processes.length}`,
        leaseTtlMs: 400,
      });
      const messaging: Messaging = {
        ...log,
        consumeCases: (settings, handle: CaseHandler) =>
          log.consumeCases(
            settings,
            mortal(handle, () => process),
          ),
        consumeBatches: (settings, handle: BatchHandler) =>
          log.consumeBatches(
            settings,
            mortal(handle, () => process),
          ),
      };
      const process: Process = { messaging, state, dead: false, isolated: false };
      processes.push(process);
      return messaging;
    },
    kill: async (member) => {
      processOf(member).dead = true;
      void member.close();
    },
    isolate: async (member) => {
      processOf(member).isolated = true;
    },
    close: async () => {
      await Promise.all(processes.filter(({ dead }) => !dead).map(({ messaging }) => messaging.close()));
      for (const { state } of processes) state.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};
