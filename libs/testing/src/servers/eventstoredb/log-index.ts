import { Numbers } from './growable.js';

export interface StreamEntry {
  readonly name: string;
  readonly number: number;
  readonly category: Numbers;
  /** Event numbers by revision. */
  readonly events: Numbers;
}

export const categoryOf = (stream: string): string => {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
};

const idBytes = 16;

/**
 * Where each event lies in the journal. Events are numbered from 0 in log order; about 40 bytes each, the texts stay
 * in the file. Those from `visible` on are not durable yet: writers count with them, readers do not see them.
 */
export class LogIndex {
  visible = 0;
  private readonly positions = Numbers.positions();
  private readonly lengths = Numbers.counts(1_024);
  private readonly streamNumbers = Numbers.counts(1_024);
  private ids = Buffer.alloc(1_024 * idBytes);
  private readonly streams = new Map<string, StreamEntry>();
  private readonly names: string[] = [];
  private readonly categories = new Map<string, Numbers>();

  get count(): number {
    return this.positions.length;
  }

  add(stream: StreamEntry, position: number, length: number, id: Buffer): void {
    const event = this.count;
    if ((event + 1) * idBytes > this.ids.length) {
      this.ids = Buffer.concat([this.ids, Buffer.alloc(this.ids.length)]);
    }
    id.copy(this.ids, event * idBytes);
    this.positions.push(position);
    this.lengths.push(length);
    this.streamNumbers.push(stream.number);
    stream.events.push(event);
    stream.category.push(event);
  }

  stream(name: string): StreamEntry | undefined {
    return this.streams.get(name);
  }

  streamOrNew(name: string): StreamEntry {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const category = this.category(categoryOf(name));
    const made = { name, number: this.names.length, category, events: Numbers.counts(4) };
    this.streams.set(name, made);
    this.names.push(name);
    return made;
  }

  position(event: number): number {
    return this.positions.at(event);
  }

  length(event: number): number {
    return this.lengths.at(event);
  }

  streamName(event: number): string {
    return this.names[this.streamNumbers.at(event)] ?? '';
  }

  hasId(event: number, id: Buffer): boolean {
    return id.compare(this.ids, event * idBytes, (event + 1) * idBytes) === 0;
  }

  /** Number of the first event at or after a position; the count of visible events where there is none. */
  firstFrom(position: number): number {
    return Math.min(this.positions.firstFrom(position), this.visible);
  }

  /** Whether an event lies at just this position. */
  isAt(position: number): boolean {
    const event = this.positions.firstFrom(position);
    return event < this.visible && this.positions.at(event) === position;
  }

  categoryNames(): Iterable<string> {
    return this.categories.keys();
  }

  /** Event numbers of a category, in log order. */
  category(name: string): Numbers {
    const known = this.categories.get(name);
    if (known !== undefined) return known;
    const made = Numbers.counts(64);
    this.categories.set(name, made);
    return made;
  }
}
