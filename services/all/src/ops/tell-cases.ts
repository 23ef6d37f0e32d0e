import type { EventStore } from '@city311/eventing';
import { eraseSubject } from '@city311/intake';
import { TransientError, type CaseNumber } from '@city311/kernel';
import type { Erasure } from '@city311/vault';

/** A case whose stream did not take the erasure: an event in it is unknown to this program, say. */
export interface UntoldCase {
  readonly caseNumber: string;
  readonly reason: string;
}

/**
 * Appends the erasure of a key to cases, so that views drop the words. Quiet where that was done before; answers the
 * cases that could not be told, with which the others have nothing to do.
 * @throws TransientError  the event store is away
 */
export const tellCases = async (
  store: EventStore,
  cases: Iterable<string>,
  erasure: Erasure,
): Promise<readonly UntoldCase[]> => {
  const untold: UntoldCase[] = [];
  for (const caseNumber of cases) {
    try {
      await eraseSubject(store, caseNumber as CaseNumber, erasure);
    } catch (error) {
      if (error instanceof TransientError) throw error;
      untold.push({ caseNumber, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return untold;
};

/** What to say of each. */
export const untoldLines = (untold: readonly UntoldCase[]): readonly string[] =>
  untold.map(
    ({ caseNumber, reason }) =>
      `Case ${caseNumber} could not be told (${reason}): its key is gone, but views that hold its words keep them until they are rebuilt.`,
  );
