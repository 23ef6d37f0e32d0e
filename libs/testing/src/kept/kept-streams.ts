import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { EventCodec } from '@city311/eventing';
import { fold, type Command, type Decider, type DomainEvent, type Refusal } from '@city311/kernel';

/** One event as a program of then stored it. */
export interface KeptEvent {
  readonly type: string;
  readonly stream: string;
  readonly sequence: number;
  readonly data: unknown;
}

const root = join(import.meta.dirname, '../../kept');

/** Folders that `npm run upgrade:keep` made, oldest version first. */
export const keptFolders = (): readonly string[] =>
  readdirSync(root)
    .sort()
    .map((version) => join(root, version));

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];

/** Streams of a category in every kept log, each in its order; `written.jsonl` has what no door of then caused at will. */
const keptStreams = (category: string): ReadonlyMap<string, readonly KeptEvent[]> => {
  const streams = new Map<string, KeptEvent[]>();
  for (const folder of keptFolders()) {
    for (const file of ['events.jsonl', 'written.jsonl']) {
      for (const line of linesOf(join(folder, file))) {
        const event = JSON.parse(line) as KeptEvent;
        if (!event.stream.startsWith(`${category}-`)) continue;
        const name = `${folder}/${event.stream}`;
        streams.set(name, [...(streams.get(name) ?? []), event]);
      }
    }
  }
  return streams;
};

/**
 * Events that earlier versions stored are read and folded by today's program, and every type that it can read is
 * among them: a new type or version wants a kept log that has it (`npm run upgrade:keep`).
 */
export const describeKeptStreams = <
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  No extends Refusal,
>(
  category: string,
  codec: EventCodec<Event>,
  decider: Decider<State, Cmd, Event, No>,
): void => {
  describe(`Kept streams of ${category}`, () => {
    const streams = keptStreams(category);

    it('are read and folded, event for event', () => {
      for (const events of streams.values()) {
        const read = events.map(({ type, data }) => codec.fromWire(type, data));
        expect(fold(decider, read)).not.toEqual(decider.initialState);
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
      }
      expect(streams.size).toBeGreaterThan(0);
    });

    it('have every type and version that can be read', () => {
      const kept = new Set([...streams.values()].flat().map(({ type }) => type));
      expect(codec.reads.filter((type) => !kept.has(type))).toEqual([]);
    });
  });
};
