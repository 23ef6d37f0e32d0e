import type { Category, Position, RecordedEvent } from '@city311/kernel';
import type { ClientReadableStream } from '@grpc/grpc-js';

import type { Connection, StreamsConnection } from './connection.js';
import { decodeEvent } from './encoding.js';
import { fromPosition, toPosition, type LogPosition } from './position.js';
import { backwards, forwards, shared, streams, streamsService, type Streams } from './protocol.js';

/** Messages as they come over the wire; decoded when they are wanted. */
export type RawRead = ClientReadableStream<Buffer>;

const asBytes = (bytes: Buffer): Buffer => bytes;

export const beginRead = (
  connection: Connection,
  client: StreamsConnection,
  options: Streams.ReadReq.Options,
  deadline: number,
): RawRead => {
  options
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()))
    .setResolveLinks(false);
  if (!options.hasFilter()) options.setNoFilter(new shared.Empty());
  const { path, requestSerialize } = streamsService.read;
  return client.makeServerStreamRequest(
    path,
    requestSerialize,
    asBytes,
    new streams.ReadReq().setOptions(options),
    connection.metadata(),
    { deadline },
  );
};

const collect = (read: RawRead): Promise<Buffer[]> =>
  new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    read
      .on('data', (message: Buffer) => messages.push(message))
      .on('error', reject)
      .on('end', () => {
        resolve(messages);
      });
  });

/** Streams whose names begin with one of these. */
export const prefixFilter = (
  prefixes: readonly string[],
  window: number,
): Streams.ReadReq.Options.FilterOptions =>
  new streams.ReadReq.Options.FilterOptions()
    .setStreamIdentifier(new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([...prefixes]))
    .setMax(window)
    .setCheckpointintervalmultiplier(1);

/** Everything but the server's own streams. */
const notSystem = (window: number): Streams.ReadReq.Options.FilterOptions =>
  new streams.ReadReq.Options.FilterOptions()
    .setStreamIdentifier(new streams.ReadReq.Options.FilterOptions.Expression().setRegex('^[^$]'))
    .setMax(window)
    .setCheckpointintervalmultiplier(1);

export const allFrom = (position: LogPosition | null): Streams.ReadReq.Options.AllOptions => {
  const all = new streams.ReadReq.Options.AllOptions();
  return position === null
    ? all.setStart(new shared.Empty())
    : all.setPosition(
        new streams.ReadReq.Options.Position()
          .setCommitPosition(position.commit)
          .setPreparePosition(position.prepare),
      );
};

/** Events that the server looks at before it pauses; also how often it tells a follower how far it is. */
export const searchWindow = 512;

export interface ReadsOptions {
  readonly streamPrefix: string;
  readonly timeoutMs: number;
}

export class Reads {
  constructor(
    private readonly connection: Connection,
    private readonly options: ReadsOptions,
  ) {}

  readonly decode = (message: Buffer): RecordedEvent | null => {
    const recorded = streams.ReadResp.deserializeBinary(message).getEvent()?.getEvent();
    return recorded === undefined ? null : decodeEvent(recorded, this.options.streamPrefix);
  };

  prefixes(categories: readonly Category[]): string[] {
    return [...new Set(categories)].map((category) => `${this.options.streamPrefix}${category}-`);
  }

  /** Oldest first from a revision on; empty where there is no such stream. */
  stream(stream: string, from: number): Promise<RecordedEvent[]> {
    return this.run(`the stream ${stream}`, () =>
      new streams.ReadReq.Options()
        .setReadDirection(forwards)
        .setCount(String(Number.MAX_SAFE_INTEGER))
        .setStream(this.named(stream).setRevision(String(from))),
    );
  }

  /** Newest first. */
  endOfStream(stream: string, count: number): Promise<RecordedEvent[]> {
    return this.run(`the end of ${stream}`, () =>
      new streams.ReadReq.Options()
        .setReadDirection(backwards)
        .setCount(String(count))
        .setStream(this.named(stream).setEnd(new shared.Empty())),
    );
  }

  /** Next events behind a position, at most `max`. */
  async categories(
    prefixes: readonly string[],
    after: Position | null,
    max: number,
    timeoutMs = this.options.timeoutMs,
  ): Promise<RecordedEvent[]> {
    if (prefixes.length === 0 || max < 1) return [];
    const from = after === null ? null : fromPosition(after);
    const options = (): Streams.ReadReq.Options =>
      new streams.ReadReq.Options()
        .setReadDirection(forwards)
        .setCount(String(max + 1))
        .setAll(allFrom(from))
        .setFilter(prefixFilter(prefixes, searchWindow));
    const events = await this.run('categories', options, timeoutMs);
    // reading begins with the event at the position, which its reader has had
    const behind = after === null ? events : events.filter(({ position }) => position > after);
    return behind.slice(0, max);
  }

  /** Position of the newest event that is not the server's own. */
  async head(timeoutMs = this.options.timeoutMs): Promise<Position | null> {
    const { streamPrefix } = this.options;
    const found = await this.messages(
      'the head of the log',
      () =>
        new streams.ReadReq.Options()
          .setReadDirection(backwards)
          .setCount('1')
          .setAll(new streams.ReadReq.Options.AllOptions().setEnd(new shared.Empty()))
          .setFilter(
            streamPrefix === '' ? notSystem(searchWindow) : prefixFilter([streamPrefix], searchWindow),
          ),
      timeoutMs,
    );
    const recorded = found
      .map((message) => streams.ReadResp.deserializeBinary(message).getEvent()?.getEvent())
      .find((event) => event !== undefined);
    return recorded === undefined
      ? null
      : toPosition({ commit: recorded.getCommitPosition(), prepare: recorded.getPreparePosition() });
  }

  private named(stream: string): Streams.ReadReq.Options.StreamOptions {
    const name = new TextEncoder().encode(this.options.streamPrefix + stream);
    return new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(
      new shared.StreamIdentifier().setStreamName(name),
    );
  }

  private messages(
    what: string,
    options: () => Streams.ReadReq.Options,
    timeoutMs: number,
  ): Promise<Buffer[]> {
    return this.connection.repeat(what, timeoutMs, (client, deadline) =>
      collect(beginRead(this.connection, client, options(), deadline)),
    );
  }

  private async run(
    what: string,
    options: () => Streams.ReadReq.Options,
    timeoutMs = this.options.timeoutMs,
  ): Promise<RecordedEvent[]> {
    const messages = await this.messages(what, options, timeoutMs);
    return messages.map(this.decode).filter((event) => event !== null);
  }
}
