import type { Metadata } from '@grpc/grpc-js';

import { accessDenied, notAuthenticated, notLeader, notReady, type CallError } from './call-errors.js';
import type { Faults } from './faults.js';
import type { Journal } from './journal.js';

/** What every call of the server needs. */
export interface ServerContext {
  readonly journal: Journal;
  readonly faults: Faults;
  /** Largest append, all its events together, bytes. */
  readonly maxAppendBytes: number;
  /** Null: everybody may do everything, as on a server without TLS. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  dropConnections(): void;
  /** Counts what is called and what is sent. */
  count(what: string): void;
}

/** What forbids a call, before anything of it is looked at. */
export const refusal = (context: ServerContext, metadata: Metadata): CallError | null => {
  const { faults, credentials } = context;
  if (faults.refuse) return notReady;
  if (credentials !== null) {
    const given = metadata.get('authorization')[0];
    if (given === undefined) return accessDenied;
    const wanted = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    if (given !== `Basic ${wanted}`) return notAuthenticated;
  }
  if (faults.leader !== null && metadata.get('requires-leader')[0] === 'true') {
    return notLeader(faults.leader.host, faults.leader.port);
  }
  return null;
};
