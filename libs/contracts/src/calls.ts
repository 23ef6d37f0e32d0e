import type { CaseNumber, Instant, PublicEvent } from '@city311/kernel';

/** Calls to 3-1-1: topic `city311.intake.call.v1`, key = stream of the call. Nothing in them names the caller. */
export type CallEvent =
  | PublicEvent<'intake.CallStarted.v1', CallStarted>
  | PublicEvent<'intake.CallAnswered.v1', CallAnswered>
  | PublicEvent<'intake.CallLinked.v1', CallLinked>
  | PublicEvent<'intake.CallEnded.v1', CallEnded>;

export interface CallStarted {
  readonly callId: string;
  readonly jurisdiction: string;
  /** Line or number that was called: '311'. */
  readonly line: string;
  readonly language: string;
  readonly startedAt: Instant;
}

/** The caller only wanted to know something; `topic` is a key of the city's list of answers. */
export interface CallAnswered {
  readonly callId: string;
  readonly topic: string;
  readonly answeredAt: Instant;
}

/** A case was opened in the call, or the call was about one that exists. */
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
