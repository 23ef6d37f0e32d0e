import type { Position } from '@city311/kernel';

import { toPosition } from './position.js';
import { shared, streams } from './protocol.js';

/** What the server says of one append. */
export type AppendAnswer = { readonly correlationId: string } & (
  | {
      readonly outcome: 'written';
      readonly revision: number;
      /** Null where the server only remembers that it was written before. */
      readonly position: Position | null;
    }
  | { readonly outcome: 'conflict'; readonly actual: number | 'no-stream' }
  | { readonly outcome: 'too-large'; readonly limitBytes: number }
  | { readonly outcome: 'denied' }
  | { readonly outcome: 'refused'; readonly message: string }
  /** Not now; it may have been written. */
  | { readonly outcome: 'busy'; readonly message: string }
);

const refusals = new Set(['event_store.client.BadRequest', 'event_store.client.StreamDeleted']);

export const readAnswer = (bytes: Uint8Array): AppendAnswer => {
  const response = streams.BatchAppendResp.deserializeBinary(bytes);
  const correlationId = response.getCorrelationId()?.getString() ?? '';
  const success = response.getSuccess();
  if (success !== undefined) {
    const position = success.getPosition();
    return {
      correlationId,
      outcome: 'written',
      revision: Number(success.getCurrentRevision()),
      position:
        position === undefined
          ? null
          : toPosition({ commit: position.getCommitPosition(), prepare: position.getPreparePosition() }),
    };
  }
  const error = response.getError();
  const details = error?.getDetails();
  const name = details?.getTypeName() ?? '';
  const message = error?.getMessage() ?? '';
  if (name === 'event_store.client.WrongExpectedVersion') {
    const wrong = details?.unpack((packed) => shared.WrongExpectedVersion.deserializeBinary(packed), name);
    const actual =
      wrong?.hasCurrentStreamRevision() === true ? Number(wrong.getCurrentStreamRevision()) : 'no-stream';
    return { correlationId, outcome: 'conflict', actual };
  }
  if (name === 'event_store.client.MaximumAppendSizeExceeded') {
    const over = details?.unpack(
      (packed) => shared.MaximumAppendSizeExceeded.deserializeBinary(packed),
      name,
    );
    return { correlationId, outcome: 'too-large', limitBytes: over?.getMaxappendsize() ?? 0 };
  }
  if (name === 'event_store.client.AccessDenied') return { correlationId, outcome: 'denied' };
  if (refusals.has(name)) return { correlationId, outcome: 'refused', message };
  return { correlationId, outcome: 'busy', message };
};
