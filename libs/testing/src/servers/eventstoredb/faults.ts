import { setTimeout as delay } from 'node:timers/promises';

/** What may be made to go wrong while the server runs; each is off at first. */
export interface Faults {
  /** Every call is answered with "Server Is Not Ready". */
  refuse: boolean;
  /** Answers to appends, and the beginnings of reads, come this much later. */
  delayMs: number;
  /** Pause before each message of a read or subscription. */
  slowReadMs: number;
  /** So many appends are written, and instead of an answer every connection is cut. */
  loseAnswers: number;
  /** So many appends are neither written nor answered. */
  swallowAppends: number;
  /** Every call that wants the leader is sent there. */
  leader: { readonly host: string; readonly port: number } | null;
}

export const noFaults = (): Faults => ({
  refuse: false,
  delayMs: 0,
  slowReadMs: 0,
  loseAnswers: 0,
  swallowAppends: 0,
  leader: null,
});

export const pause = async (milliseconds: number): Promise<void> => {
  if (milliseconds > 0) await delay(milliseconds);
};
