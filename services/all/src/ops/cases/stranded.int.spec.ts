import { describe, expect, it } from '@jest/globals';

import type { EventStore } from '@city311/eventing';
import type { Position, RecordedEvent, StreamName } from '@city311/kernel';
import { samplePosition } from '@city311/testing';

import { findStranded } from './stranded.js';

const cases = 3_000;
const numberOf = (n: number): string => String(n).padStart(12, '0');

/** A log of so many cases; each third is joined to the one before it, which nobody works on. */
class Log implements Pick<EventStore, 'head' | 'readCategories' | 'readStreams'> {
  mostAtOnce = 0;

  #events(n: number): readonly RecordedEvent[] {
    const event = (sequence: number, name: string, data: object): RecordedEvent =>
      ({
        type: `intake.${name}.v1`,
        stream: `intake.case-${numberOf(n)}`,
        sequence,
        data: { caseNumber: numberOf(n), serviceCode: 'x', answers: [], basis: 'triage', ...data },
      }) as unknown as RecordedEvent;
    const opened = event(0, 'CaseOpened', {});
    if (n % 3 === 0) return [opened, event(1, 'CaseLinked', { parent: numberOf(n - 1) })];
    return n % 3 === 1 ? [opened, event(1, 'CaseRouted', {})] : [opened];
  }

  head(): Promise<Position> {
    return Promise.resolve(samplePosition(cases));
  }

  readCategories(_: unknown, after: Position | null, max: number) {
    const from = after === null ? 1 : Number(after) + 1;
    const to = Math.min(from + max - 1, cases);
    const events = Array.from({ length: to - from + 1 }, (_, at) => this.#events(from + at)).flat();
    return Promise.resolve({ events, position: samplePosition(to) });
  }

  readStreams(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, readonly RecordedEvent[]>> {
    this.mostAtOnce = Math.max(this.mostAtOnce, streams.length);
    return Promise.resolve(
      new Map(
        streams.flatMap((stream) => {
          const number = /^intake\.case-(\d+)$/.exec(stream)?.[1];
          return number === undefined ? [] : [[stream, this.#events(Number(number))] as const];
        }),
      ),
    );
  }
}

describe('Looking for stranded cases', () => {
  it('finds every one of a long log, and holds some of it at a time', async () => {
    const log = new Log();
    const found: string[] = [];
    let looked = 0;
    for await (const page of findStranded(log as unknown as EventStore, () => true)) {
      looked = page.looked;
      found.push(...page.stranded.map(({ caseNumber }) => caseNumber));
    }
    expect(looked).toBe(cases);
    expect(found).toHaveLength((cases / 3) * 2);
    expect(new Set(found).size).toBe(found.length);
    // A page of cases, and their parents that are not among them.
    expect(log.mostAtOnce).toBeLessThanOrEqual(500);
  });
});
