import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';

import { badRequest, batchErrors, tooLarge } from './call-errors.js';
import { pause } from './faults.js';
import type { Expected, Outcome } from './journal.js';
import { shared, streams, type Shared, type Streams } from './protocol.js';
import { idBytes, sizeOnDisk, type ProposedEvent } from './recorded.js';
import { refusal, type ServerContext } from './server-context.js';

type Proposed = Streams.AppendReq.ProposedMessage | Streams.BatchAppendReq.ProposedMessage;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws RangeError  no UUID, or one in two halves, which this server does not read */
const proposedEvent = (message: Proposed): ProposedEvent => {
  const id = message.getId()?.getString() ?? '';
  if (!uuid.test(id)) throw new RangeError(`not a UUID as text: ${id}`);
  return {
    id: idBytes(id),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

const nameOf = (identifier: Shared.StreamIdentifier | undefined): string =>
  Buffer.from((identifier ?? new shared.StreamIdentifier()).getStreamName_asU8()).toString('utf8');

interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
}

const sizeOf = ({ events }: Append): number => events.reduce((sum, event) => sum + sizeOnDisk(event), 0);

/** Null where no answer may be given. */
const write = async (context: ServerContext, append: Append): Promise<Outcome | null> => {
  const { faults } = context;
  if (faults.swallowAppends > 0) {
    faults.swallowAppends -= 1;
    return null;
  }
  const losesAnswer = faults.loseAnswers > 0;
  if (losesAnswer) faults.loseAnswers -= 1;
  const outcome = await context.journal.append(append.stream, append.events, append.expected);
  await pause(faults.delayMs);
  if (losesAnswer) {
    context.dropConnections();
    return null;
  }
  return outcome;
};

const batchExpected = (options: Streams.BatchAppendReq.Options): Expected => {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return 'no-stream';
  return options.hasStreamExists() ? 'exists' : 'any';
};

const batchSuccess = (revision: number, position: number): Streams.BatchAppendResp.Success =>
  new streams.BatchAppendResp.Success()
    .setCurrentRevision(String(revision))
    .setPosition(
      new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position)),
    );

/** Many appends over one call, each answered by its correlation id, written in the order in which they came. */
export const handleBatchAppend = (
  context: ServerContext,
  call: ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>,
): void => {
  const refused = refusal(context, call.metadata);
  if (refused !== null) {
    call.emit('error', refused);
    return;
  }
  const begun = new Map<string, Append>();
  let writing = 0;
  let ended = false;

  const finish = async (id: Shared.UUID, append: Append): Promise<void> => {
    const answer = new streams.BatchAppendResp()
      .setCorrelationId(id)
      .setStreamIdentifier(
        new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(append.stream)),
      );
    const outcome = await write(context, append);
    if (outcome === null || call.cancelled || call.destroyed) return;
    if (outcome.outcome === 'written') answer.setSuccess(batchSuccess(outcome.revision, outcome.position));
    else answer.setError(batchErrors.wrongVersion(outcome.current, append.expected));
    call.write(answer);
  };

  const take = (request: Streams.BatchAppendReq): void => {
    const id = request.getCorrelationId() ?? new shared.UUID();
    const options = request.getOptions();
    const refusedNow = refusal(context, call.metadata);
    if (refusedNow !== null) {
      call.emit('error', refusedNow);
      return;
    }
    const append =
      options === undefined
        ? begun.get(id.getString())
        : { stream: nameOf(options.getStreamIdentifier()), expected: batchExpected(options), events: [] };
    if (append === undefined) return;
    begun.set(id.getString(), append);
    for (const message of request.getProposedMessagesList()) append.events.push(proposedEvent(message));
    if (sizeOf(append) > context.maxAppendBytes) {
      begun.delete(id.getString());
      call.write(
        new streams.BatchAppendResp()
          .setCorrelationId(id)
          .setStreamIdentifier(options?.getStreamIdentifier())
          .setError(batchErrors.tooLarge(context.maxAppendBytes)),
      );
    }
    if (!request.getIsFinal() || !begun.delete(id.getString())) return;
    writing += 1;
    finish(id, append)
      .catch((error: unknown) => call.emit('error', badRequest(error)))
      .finally(() => {
        writing -= 1;
        if (ended && writing === 0) call.end();
      });
  };

  call.on('data', (request: Streams.BatchAppendReq) => {
    try {
      take(request);
    } catch (error) {
      const id = request.getCorrelationId();
      call.write(
        new streams.BatchAppendResp()
          .setCorrelationId(id)
          .setStreamIdentifier(request.getOptions()?.getStreamIdentifier())
          .setError(batchErrors.badRequest(error)),
      );
    }
  });
  call.on('error', () => undefined);
  call.on('end', () => {
    ended = true;
    if (writing === 0) call.end();
  });
};

const singleExpected = (options: Streams.AppendReq.Options): Expected => {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return 'no-stream';
  return options.hasStreamExists() ? 'exists' : 'any';
};

const singleAnswer = (outcome: Outcome, expected: Expected): Streams.AppendResp => {
  if (outcome.outcome === 'written') {
    const position = new streams.AppendResp.Position()
      .setCommitPosition(String(outcome.position))
      .setPreparePosition(String(outcome.position));
    const success = new streams.AppendResp.Success()
      .setCurrentRevision(String(outcome.revision))
      .setPosition(position);
    return new streams.AppendResp().setSuccess(success);
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

/** One append by a call of its own. */
export const handleAppend = (
  context: ServerContext,
  call: ServerReadableStream<Streams.AppendReq, Streams.AppendResp>,
  answer: sendUnaryData<Streams.AppendResp>,
): void => {
  const refused = refusal(context, call.metadata);
  if (refused !== null) {
    answer(refused);
    return;
  }
  let append: Append | null = null;
  call.on('data', (request: Streams.AppendReq) => {
    const options = request.getOptions();
    if (options !== undefined) {
      append = {
        stream: nameOf(options.getStreamIdentifier()),
        expected: singleExpected(options),
        events: [],
      };
    }
    const message = request.getProposedMessage();
    if (message !== undefined) append?.events.push(proposedEvent(message));
  });
  call.on('end', () => {
    if (append === null) {
      answer(badRequest(new RangeError('an append needs its options')));
      return;
    }
    if (sizeOf(append) > context.maxAppendBytes) {
      answer(tooLarge(context.maxAppendBytes));
      return;
    }
    const { expected } = append;
    write(context, append).then(
      (outcome) => {
        if (outcome !== null) answer(null, singleAnswer(outcome, expected));
      },
      (error: unknown) => answer(badRequest(error)),
    );
  });
};
