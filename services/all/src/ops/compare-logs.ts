import { createHash } from 'node:crypto';

import type { EventStore } from '@city311/eventing';
import type { RecordedEvent, StreamName } from '@city311/kernel';

import { bucketOf, hashOfEvent, LogDigest } from './log-digest.js';
import type { MoveLog } from './move-log.js';
import { scanLog } from './scan.js';

export interface ComparedLogs {
  readonly streams: number;
  readonly events: number;
  /** Instants of recording are others in the target. */
  readonly recordedAnew: boolean;
  /** One line for each stream that differs, the first of them; empty where both hold the same. */
  readonly faults: readonly string[];
}

const mostParts = 8;
const mostFaults = 20;

const digestOf = async (store: EventStore, categories: readonly string[]): Promise<LogDigest> => {
  const digest = new LogDigest();
  for await (const { events } of scanLog(store, categories)) for (const event of events) digest.add(event);
  return digest;
};

const hashOf = (events: readonly RecordedEvent[]): string => {
  const hash = createHash('sha256');
  for (const event of events) hash.update(hashOfEvent(event));
  return hash.digest('base64');
};

/** Streams of some parts, from either side. */
const streamsIn = async (
  parts: ReadonlySet<number>,
  { source, target, categories }: MoveLog,
): Promise<readonly StreamName[]> => {
  const names = new Set<StreamName>();
  for (const store of [source, target])
    for await (const { events } of scanLog(store, categories))
      for (const { stream } of events) if (parts.has(bucketOf(stream))) names.add(stream as StreamName);
  return [...names].sort();
};

const faultsIn = async (parts: ReadonlySet<number>, logs: MoveLog): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const name of await streamsIn(parts, logs)) {
    const [own, moved] = await Promise.all([logs.source.readStream(name), logs.target.readStream(name)]);
    if (hashOf(own) === hashOf(moved)) continue;
    const same = own.length === moved.length ? ', and they differ' : '';
    faults.push(`${name} has ${own.length} events here and ${moved.length} there${same}`);
    if (faults.length >= mostFaults) break;
  }
  return faults;
};

/** Reads both stores once, from end to end, and compares by count and by hash; memory does not grow with them. */
export const compareLogs = async (logs: MoveLog): Promise<ComparedLogs> => {
  const { source, target, categories } = logs;
  const [own, moved] = await Promise.all([digestOf(source, categories), digestOf(target, categories)]);
  const parts = [...own.unlike(moved)];
  return {
    streams: own.streams,
    events: own.events,
    recordedAnew: own.recordedElsewhen(moved),
    faults: parts.length === 0 ? [] : await faultsIn(new Set(parts.slice(0, mostParts)), logs),
  };
};
