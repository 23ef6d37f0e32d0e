import type { ParkedBoard } from './parked-board.js';
import type { ParkedLog } from './parked-log.js';
import { encodeRecord } from './parked-record.js';

export interface ClaimOptions {
  readonly group: string;
  readonly parkedTopic: string;
  readonly partitions: readonly number[];
  /** A name that no other claim has. */
  readonly by: string;
  readonly board: ParkedBoard;
  readonly log: ParkedLog;
  /** @throws Error  the group has gone on without this member */
  readonly verify: () => Promise<void>;
  readonly stopping: AbortSignal;
}

/**
 * Makes this member the one whose records count, in each of its partitions; gives back the epochs under which it may
 * write. A member that was replaced cannot get through: it reads an epoch, then finds out from the coordinator that it
 * is still a member, and only then claims; whoever replaced it claims after that, so either its own claim comes
 * first and is overtaken, or it comes second with an epoch that is taken.
 * @throws Error  this member has been replaced, or stops
 */
export const claimPartitions = async (options: ClaimOptions): Promise<ReadonlyMap<number, number>> => {
  const { group, parkedTopic, by, board, log, verify, stopping } = options;
  const epochs = new Map<number, number>();
  await board.upToDate(parkedTopic);
  const fold = board.fold(parkedTopic);
  for (let open = options.partitions; open.length > 0;) {
    for (const partition of open) epochs.set(partition, fold.claimOf(group, partition).epoch + 1);
    await verify();
    await log.write(
      open.map((partition) =>
        encodeRecord(partition, '', { kind: 'claim', group, epoch: epochs.get(partition) ?? 0, by }),
      ),
    );
    await board.until(
      () => open.every((partition) => fold.claimOf(group, partition).epoch >= (epochs.get(partition) ?? 0)),
      stopping,
    );
    stopping.throwIfAborted();
    open = open.filter((partition) => fold.claimOf(group, partition).by !== by);
  }
  return epochs;
};
