import { setTimeout as pause } from 'node:timers/promises';

import type { City } from '@city311/city';
import type { CaseEvent } from '@city311/contracts';
import type { Position } from '@city311/kernel';
import type { TopicBatch, TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { routableCasesTopic, type RoutableCase } from '../views/routable-cases.view.js';
import { locateCase } from './find-route.js';
import type { KnownCases } from './known-cases.js';
import type { OpenCases } from './open-cases.js';
import { refillOpenCases } from './refill-open-cases.js';

const batchSize = 2_000;
/** Between looks, so that the consumer, which locates its cases in any case, mostly comes first. */
const lookEveryMs = 200;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

export interface WatchPorts {
  readonly view: View<RoutableCase>;
  readonly reader: TopicReader;
  readonly openCases: OpenCases;
  readonly knownCases: KnownCases;
  readonly city: City;
  /** Told of every failure that leads to another try. */
  readonly onRetry: (error: unknown) => void;
}

/**
 * Keeps the index of open cases up to date with all cases until `signal` aborts: first from the view, then from the
 * topic itself. The consumer alone would not do: members of a group share the cases among them. Never rejects.
 */
export const watchOpenCases = async (ports: WatchPorts, signal: AbortSignal): Promise<void> => {
  const { view, reader, openCases, city, onRetry } = ports;
  const isOver = (): boolean => signal.aborted;
  const wait = (ms: number): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined);
  let isFilled = false;
  let after: Position | null = null;
  for (let retryMs = firstRetryMs; !isOver(); retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    try {
      if (!isFilled) {
        after = await view.checkpoint();
        await refillOpenCases(view, openCases, city, signal);
        isFilled = true;
      }
      for await (const batch of reader.follow([routableCasesTopic], { after, batchSize, signal })) {
        await note(ports, batch);
        after = batch.position;
        retryMs = firstRetryMs;
        if (batch.events.length < batchSize) await wait(lookEveryMs);
      }
      return;
    } catch (error) {
      if (isOver()) return;
      onRetry(error);
      await wait(retryMs);
    }
  }
};

const note = async (ports: WatchPorts, { events, unreadable }: TopicBatch): Promise<void> => {
  const { openCases, knownCases, city } = ports;
  const told = (events as readonly CaseEvent[]).filter((event) => unreadable?.has(event) !== true);
  const asked = told.filter(needsFacts).map(({ subject }) => subject);
  const facts = asked.length === 0 ? null : await knownCases.knownNow([...new Set(asked)]);
  for (const event of told) {
    const { type, subject, sequence } = event;
    switch (type) {
      case 'intake.CaseOpened.v1': {
        if (!openCases.hear(subject, sequence)) break;
        const { latitude, longitude } = locateCase(city, event.data.place);
        openCases.add({ ...event.data, latitude, longitude });
        break;
      }
      case 'intake.CaseReclassified.v1':
      case 'intake.CaseReopened.v1':
      case 'intake.CaseUnlinked.v1': {
        const known = facts?.get(subject);
        if (known === undefined || !openCases.hear(subject, sequence)) break;
        if (type === 'intake.CaseUnlinked.v1') openCases.freed(subject);
        const { latitude, longitude } = locateCase(city, known.place);
        const serviceCode =
          type === 'intake.CaseReclassified.v1' ? event.data.serviceCode : known.serviceCode;
        openCases.add({ ...known, serviceCode, latitude, longitude });
        break;
      }
      case 'intake.CaseClosed.v1':
      case 'intake.CaseWithdrawn.v1':
      case 'intake.CaseReferred.v1':
        if (openCases.hear(subject, sequence)) openCases.remove(subject);
        break;
      case 'intake.CaseLinked.v1':
        if (openCases.hear(subject, sequence)) openCases.follows(subject);
        break;
      default:
    }
  }
};

const needsFacts = ({ type }: CaseEvent): boolean =>
  type === 'intake.CaseReclassified.v1' ||
  type === 'intake.CaseReopened.v1' ||
  type === 'intake.CaseUnlinked.v1';
