import type { Consumer } from '../consumer-groups.js';
import { reasonOf } from '../retry.js';
import { GroupRun, type GroupRunOptions } from './group-run.js';
import { pause } from '../in-order/pause.js';

export interface LogConsumerOptions extends Omit<GroupRunOptions, 'member' | 'stop' | 'onFenced'> {
  readonly owner: string;
  readonly leaseTtlMs: number;
}

const tryAgainMs = 1_000;

/** A member of a group: waits for the group's lease, works while it has it, and waits again. */
export class LogConsumer implements Consumer {
  readonly #stop = new AbortController();
  #living: Promise<void> | null = null;
  #run: GroupRun | null = null;

  constructor(
    private readonly options: LogConsumerOptions,
    private readonly hooks: {
      /** It works from now on; another member may have until now. */
      readonly onTaken: () => void;
      readonly onStopped: () => void;
    },
  ) {}

  get active(): boolean {
    return this.#run !== null;
  }

  start(): void {
    this.#living ??= this.#live();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#living;
    this.hooks.onStopped();
  }

  lookForResends(): void {
    this.#run?.lookForResends();
  }

  async #live(): Promise<void> {
    const { logger, leaseTtlMs, settings } = this.options;
    const { group, topic } = settings;
    while (!this.#stop.signal.aborted) {
      try {
        const led = await this.#lead();
        if (!led) await pause(Math.min(leaseTtlMs / 3, tryAgainMs), this.#stop.signal);
      } catch (error) {
        logger.error({ group, topic, reason: reasonOf(error) }, 'a consumer failed and starts again');
        await pause(tryAgainMs, this.#stop.signal);
      }
    }
  }

  /** False where another member has the lease. */
  async #lead(): Promise<boolean> {
    const { state, settings, owner, leaseTtlMs, logger } = this.options;
    const { group, topic } = settings;
    const { leases } = state;
    const lease = await leases.acquire(`consumer:${group}:${topic}`, owner, leaseTtlMs);
    if (lease === null) return false;
    this.hooks.onTaken();
    const lost = new AbortController();
    const renew = async (): Promise<void> => {
      try {
        if (!(await leases.renew(lease, leaseTtlMs))) lost.abort();
      } catch (error) {
        logger.warn({ group, topic, reason: reasonOf(error) }, 'a lease could not be renewed');
      }
    };
    const renewing = setInterval(() => void renew(), leaseTtlMs / 3).unref();
    try {
      this.#run = new GroupRun({
        ...this.options,
        member: { group, topic, token: lease.token },
        stop: AbortSignal.any([this.#stop.signal, lost.signal]),
        onFenced: () => lost.abort(),
      });
      await this.#run.work();
    } finally {
      this.#run = null;
      clearInterval(renewing);
      await leases.release(lease);
    }
    return true;
  }
}
