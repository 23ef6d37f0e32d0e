import { Metadata, status } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';

import { any, empty, rpcCode, rpcStatus, shared, type RpcCode, type RpcStatus } from './protocol.js';

/** An error that ends a call, as the real server words it. */
export interface CallError {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

const marked = (code: status, details: string, trailers: Record<string, string>): CallError => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
};

export const notReady: CallError = { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };

export const notAuthenticated: CallError = { code: status.UNAUTHENTICATED, details: 'Unauthenticated' };

export const accessDenied = marked(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const notLeader = (host: string, port: number): CallError =>
  marked(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const tooLarge = (limitBytes: number): CallError =>
  marked(status.INVALID_ARGUMENT, `Maximum Append Size of ${limitBytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limitBytes),
  });

export const badRequest = (error: unknown): CallError => ({
  code: status.INVALID_ARGUMENT,
  details: error instanceof Error ? error.message : String(error),
});

/** The errors that answer one append of a batch, without ending the call. */
const packed = (code: RpcCode.Code, name: string, details: Message): RpcStatus.Status => {
  const wrapped = new any.Any();
  wrapped.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new rpcStatus.Status().setCode(code).setMessage(name).setDetails(wrapped);
};

export const batchErrors = {
  accessDenied: () => packed(rpcCode.PERMISSION_DENIED, 'AccessDenied', new shared.AccessDenied()),
  tooLarge: (limitBytes: number) =>
    packed(
      rpcCode.INVALID_ARGUMENT,
      'MaximumAppendSizeExceeded',
      new shared.MaximumAppendSizeExceeded().setMaxappendsize(limitBytes),
    ),
  badRequest: (error: unknown) =>
    packed(
      rpcCode.INVALID_ARGUMENT,
      'BadRequest',
      new shared.BadRequest().setMessage(badRequest(error).details),
    ),
  wrongVersion: (current: number, expected: number | 'any' | 'no-stream' | 'exists') => {
    const details = new shared.WrongExpectedVersion();
    if (current < 0) details.setCurrentNoStream(new empty.Empty());
    else details.setCurrentStreamRevision(String(current));
    if (expected === 'any') details.setExpectedAny(new empty.Empty());
    else if (expected === 'exists') details.setExpectedStreamExists(new empty.Empty());
    else if (expected === 'no-stream') details.setExpectedNoStream(new empty.Empty());
    else details.setExpectedStreamPosition(String(expected));
    return packed(rpcCode.ALREADY_EXISTS, 'WrongExpectedVersion', details);
  },
};
