import { once } from 'node:events';

import type { ServerWritableStream } from '@grpc/grpc-js';

import { badRequest } from './call-errors.js';
import { pause } from './faults.js';
import { readFilter } from './filter.js';
import { forwards, shared, streams, type Streams } from './protocol.js';
import { refusal, type ServerContext } from './server-context.js';
import { subscribeToAll } from './subscription.js';

/** A message, or one that lies in the journal as it is sent. */
export type Answer = Streams.ReadResp | Buffer;
export type ReadCall = ServerWritableStream<Streams.ReadReq, Answer>;

/** Sends one message, no faster than the client takes them; false once the client has gone. */
export const sendTo =
  (context: ServerContext, call: ReadCall) =>
  async (answer: Answer): Promise<boolean> => {
    await pause(context.faults.slowReadMs);
    if (call.cancelled || call.destroyed) return false;
    context.count('message');
    if (call.write(answer)) return true;
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    call.once('cancelled', stop).once('close', stop);
    try {
      await once(call, 'drain', { signal: gone.signal });
      return true;
    } catch {
      return false;
    } finally {
      call.off('cancelled', stop).off('close', stop);
    }
  };

const readStream = async (
  context: ServerContext,
  options: Streams.ReadReq.Options,
  asked: Streams.ReadReq.Options.StreamOptions,
  send: (answer: Answer) => Promise<boolean>,
): Promise<void> => {
  const { index } = context.journal;
  const identifier = asked.getStreamIdentifier() ?? new shared.StreamIdentifier();
  const stream = index.stream(Buffer.from(identifier.getStreamName_asU8()).toString('utf8'));
  const known = stream === undefined ? 0 : stream.events.firstFrom(index.visible);
  if (stream === undefined || known === 0) {
    const missing = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier);
    await send(new streams.ReadResp().setStreamNotFound(missing));
    return;
  }
  const step = options.getReadDirection() === forwards ? 1 : -1;
  const from = asked.hasRevision() ? Number(asked.getRevision()) : asked.hasEnd() ? known - 1 : 0;
  let revision = step < 0 ? Math.min(from, known - 1) : from;
  for (let left = Number(options.getCount()); left > 0; left -= 1) {
    if (revision < 0 || revision >= known) return;
    if (!(await send(context.journal.message(stream.events.at(revision))))) return;
    revision += step;
  }
};

const readAll = async (
  context: ServerContext,
  options: Streams.ReadReq.Options,
  asked: Streams.ReadReq.Options.AllOptions,
  send: (answer: Answer) => Promise<boolean>,
): Promise<void> => {
  const { index } = context.journal;
  const filter = readFilter(index, options);
  const end = index.visible;
  const position = asked.getPosition();
  const back = options.getReadDirection() !== forwards;
  const from =
    position === undefined
      ? asked.hasEnd()
        ? end
        : 0
      : index.firstFrom(Number(position.getCommitPosition()));
  let event = from;
  for (let left = Number(options.getCount()); left > 0; left -= 1) {
    // backwards, a position is where reading begins and not read itself
    event = back ? filter.previous(event - 1) : filter.next(event, end);
    if (event < 0 || event >= end) return;
    if (!(await send(context.journal.message(event)))) return;
    if (!back) event += 1;
  }
};

/** One call of `Streams.Read`: a stream, $all, or a subscription to $all. */
export const handleRead = async (context: ServerContext, call: ReadCall): Promise<void> => {
  const refused = refusal(context, call.metadata);
  if (refused !== null) {
    call.emit('error', refused);
    return;
  }
  const options = call.request.getOptions() ?? new streams.ReadReq.Options();
  const send = sendTo(context, call);
  try {
    await pause(context.faults.delayMs);
    const stream = options.getStream();
    const all = options.getAll() ?? new streams.ReadReq.Options.AllOptions();
    if (stream !== undefined) {
      if (options.hasSubscription()) throw new RangeError('only $all can be subscribed to');
      await readStream(context, options, stream, send);
    } else if (options.hasSubscription()) {
      await subscribeToAll(context, { options, all, call, send });
    } else {
      await readAll(context, options, all, send);
    }
    call.end();
  } catch (error) {
    call.emit('error', badRequest(error));
  }
};
