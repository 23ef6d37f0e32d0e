import type { ParkedPlace, ParkedRecord } from './parked-record.js';

/** A parked message and where on the parked topic it lies. */
export interface ParkedEntry extends ParkedPlace {
  readonly at: string;
  readonly lies: number;
}

/** Messages of one case, in order, from the one that was parked first. */
export interface ParkedLine {
  readonly entries: readonly ParkedEntry[];
  /** Where on the parked topic somebody asked last for it to be sent again; null where nobody did. */
  readonly asked: number | null;
}

interface Line {
  entries: ParkedEntry[];
  asked: number | null;
}

/** What a group has parked in one partition. */
class Partition {
  epoch = 0;
  claimedBy = '';
  readonly lines = new Map<string, Line>();

  apply(caseNumber: string, record: ParkedRecord, lies: number): void {
    if (record.kind === 'claim') {
      if (record.epoch > this.epoch) ({ epoch: this.epoch, by: this.claimedBy } = record);
      return;
    }
    const line = this.lines.get(caseNumber);
    if (record.kind === 'asked') {
      if (line !== undefined) line.asked = lies;
      return;
    }
    if (record.epoch !== this.epoch) return;
    switch (record.kind) {
      case 'parked':
        this.#park(caseNumber, record, lies);
        return;
      case 'released':
        if (line === undefined) return;
        line.entries = line.entries.filter(({ offset }) => offset !== record.offset);
        if (line.entries.length === 0) this.lines.delete(caseNumber);
        return;
      case 'failed':
        if (line === undefined) return;
        line.asked = null;
        line.entries = line.entries.map((entry) =>
          entry.offset === record.offset
            ? { ...entry, reason: record.reason, at: record.at, attempts: entry.attempts + 1 }
            : entry,
        );
    }
  }

  /** What stands in line already is passed over, and so is what lies before its head: that was handled before it. */
  #park(caseNumber: string, place: ParkedPlace, lies: number): void {
    const { offset, eventId, type, stream, sequence, reason, attempts, at } = place;
    const entry = { offset, eventId, type, stream, sequence, reason, attempts, at, lies };
    const line = this.lines.get(caseNumber);
    if (line === undefined) this.lines.set(caseNumber, { entries: [entry], asked: null });
    else if (offset > (line.entries.at(-1)?.offset ?? -1)) line.entries.push(entry);
  }
}

/** What stands parked, told from a parked topic read from its beginning. */
export class ParkedFold {
  readonly #groups = new Map<string, Map<number, Partition>>();

  apply(partition: number, caseNumber: string, record: ParkedRecord, lies: number): void {
    const partitions = this.#groups.get(record.group) ?? new Map<number, Partition>();
    this.#groups.set(record.group, partitions);
    let one = partitions.get(partition);
    if (one === undefined) partitions.set(partition, (one = new Partition()));
    one.apply(caseNumber, record, lies);
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Newest claim of a partition; epoch 0 where nobody has claimed it yet. */
  claimOf(group: string, partition: number): { readonly epoch: number; readonly by: string } {
    const one = this.#groups.get(group)?.get(partition);
    return { epoch: one?.epoch ?? 0, by: one?.claimedBy ?? '' };
  }

  /** Lines of one partition, by case. */
  linesIn(group: string, partition: number): ReadonlyMap<string, ParkedLine> {
    return this.#groups.get(group)?.get(partition)?.lines ?? new Map<string, ParkedLine>();
  }

  /** Every line of a group, with its partition. */
  *lines(group: string): Generator<readonly [partition: number, caseNumber: string, line: ParkedLine]> {
    for (const [partition, { lines }] of this.#groups.get(group) ?? [])
      for (const [caseNumber, line] of lines) yield [partition, caseNumber, line];
  }

  count(group: string): number {
    let count = 0;
    for (const [, , { entries }] of this.lines(group)) count += entries.length;
    return count;
  }
}
