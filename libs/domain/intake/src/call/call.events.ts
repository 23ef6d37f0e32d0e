import type { CaseNumber, DomainEvent, Instant } from '@city311/kernel';

/** A call to 3-1-1: stream `intake.call-<id>`. Nothing in it names the caller. */
export type CallEvent =
  | DomainEvent<'CallStarted', CallStarted>
  | DomainEvent<'CallAnswered', CallAnswered>
  | DomainEvent<'CallLinked', CallLinked>
  | DomainEvent<'CallEnded', CallEnded>;

export interface CallStarted {
  readonly callId: string;
  readonly jurisdiction: string;
  readonly line: string;
  readonly language: string;
  readonly startedAt: Instant;
}

/** The caller only wanted to know something. */
export interface CallAnswered {
  readonly callId: string;
  readonly topic: string;
  readonly answeredAt: Instant;
}

export interface CallLinked {
  readonly callId: string;
  readonly caseNumber: CaseNumber;
  readonly relation: 'opened' | 'joined' | 'asked-about';
  readonly linkedAt: Instant;
}

export interface CallEnded {
  readonly callId: string;
  readonly ending: 'completed' | 'abandoned' | 'transferred';
  readonly endedAt: Instant;
}
