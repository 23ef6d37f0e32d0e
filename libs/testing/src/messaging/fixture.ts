import type { PublicEvent } from '@city311/kernel';
import type { ConsumerSettings, Messaging } from '@city311/messaging';

export const opened = 'test.Opened.v1';
export const changed = 'test.Changed.v1';
/** On the topic, but wanted by no consumer of the contract. */
export const unwanted = 'test.Unwanted.v1';

export interface ToPublish {
  readonly caseNumber: string;
  readonly type: string;
  readonly data?: unknown;
}

/** One topic, and processes that share it. Silent members must be replaced within about a second. */
export interface MessagingFixture {
  readonly topic: string;
  /** Puts events on the topic, those of one case in this order. */
  publish(events: readonly ToPublish[]): Promise<void>;
  /** Puts something on the topic that nobody can translate. */
  publishUnreadable(caseNumber: string): Promise<void>;
  /** From now on it can be translated, as an event of type `test.Changed.v1`. */
  learnToRead(): void;
  /** Joins as another process would. */
  join(): Promise<Messaging>;
  /** Ends a member as `kill -9` does: nothing more is written, called or given back. */
  kill(member: Messaging): Promise<void>;
  /** Lets a member lose its group without noticing. */
  isolate(member: Messaging): Promise<void>;
  close(): Promise<void>;
}

export const group = 'test.contract.group';

export const settingsFor = (fixture: MessagingFixture): ConsumerSettings => ({
  topic: fixture.topic,
  group,
  types: [opened, changed],
  batchSize: 16,
  maxAttempts: 3,
  retryDelayMs: 10,
});

/** `A1` is the event of case A that was published with `data` 1. */
export const label = ({ subject, data }: PublicEvent): string => `${subject}${String(data)}`;

/** Events of some cases by turns: A1 B1 A2 B2 … */
export const rounds = (cases: readonly string[], from: number, to: number): ToPublish[] => {
  const events: ToPublish[] = [];
  for (let n = from; n <= to; n += 1)
    for (const caseNumber of cases) events.push({ caseNumber, type: n === 1 ? opened : changed, data: n });
  return events;
};

export const ofCase = (labels: readonly string[], caseNumber: string): string[] =>
  labels.filter((text) => text.startsWith(caseNumber));

/** The labels without those that came again. */
export const once = (labels: readonly string[]): string[] => [...new Set(labels)];
