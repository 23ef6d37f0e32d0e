import type { Position } from '@city311/kernel';
import type { Leases } from '@city311/scheduling';

import type { ParkedMessage } from '../messaging.js';

/** Who writes: the active member of a group, by the token of its lease. */
export interface Member {
  readonly group: string;
  readonly topic: string;
  readonly token: number;
}

/** A message to park. `readable` is false where `event` is the stored event as it lies in the log. */
export interface MessageToPark {
  readonly caseNumber: string;
  readonly position: Position;
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly sequence: number;
  readonly reason: string;
  readonly attempts: number;
  readonly readable: boolean;
  /** JSON. */
  readonly event: string;
}

export type ParkedRow = MessageToPark & Omit<ParkedMessage, 'caseNumber'>;

/** A newer member of the group has taken over; nothing was written. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor({ group, topic, token }: Member) {
    super(`member ${token} of ${group} on ${topic} has been replaced`);
  }
}

/**
 * What consumer groups of the log keep on disk: checkpoints, parked messages, leases. Calls are synchronous and
 * short; each is one transaction, and transactions become durable in the order they were made.
 * Every write of a member throws FencedError once a newer member has claimed the group.
 */
export interface ConsumerState {
  readonly leases: Leases;
  /** Makes the member the group's writer; answers where the group stands. */
  claim(member: Member): Position | null;
  moveCheckpoint(member: Member, position: Position): void;
  checkpoints(): readonly {
    readonly group: string;
    readonly topic: string;
    readonly position: Position | null;
  }[];

  /** Puts messages into their cases' lines; one that already stands there is passed over. */
  park(member: Member, messages: readonly MessageToPark[]): void;
  /** First message of each case's line, in log order. */
  lines(member: Member): ReadonlyMap<string, Position>;
  /** Messages of a case's line from its head on, in log order. */
  line(member: Member, caseNumber: string, limit: number): readonly ParkedRow[];
  /** Takes a message that was handled out of its line. */
  unpark(member: Member, caseNumber: string, position: Position): void;
  /** Leaves the head of a line where it is, with its newest reason, until it is asked for again. */
  parkAgain(member: Member, caseNumber: string, position: Position, reason: string): void;
  /** Cases that somebody, in whichever process, asked to send again. */
  resends(member: Member): readonly string[];
  resendDone(member: Member, caseNumber: string): void;

  /** For operators, without a lease. */
  list(filter: {
    readonly group?: string;
    readonly caseNumber?: string;
    readonly limit: number;
  }): readonly ParkedRow[];
  find(group: string, eventId: string): ParkedRow | null;
  requestResend(group: string, caseNumber: string | null): number;
  parkedCounts(): readonly { readonly group: string; readonly topic: string; readonly count: number }[];
  close(): void;
}
