import type { Logger } from '@city311/platform';

/** `unknown`: never made, or revoked; `role`: a known key asked for what its role may not do. */
export const refusalReasons = ['unknown', 'expired', 'role'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

const quietMs = 60_000;

interface Told {
  at: number;
  since: number;
}

/**
 * Counts refused keys, and says so in the log once a minute for each reason with how many there were: somebody who
 * guesses must not fill the disk. No line holds a key.
 */
export class KeyRefusals {
  readonly #told = new Map<RefusalReason, Told>();

  constructor(
    private readonly onRefused: (reason: RefusalReason) => void,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  count(reason: RefusalReason): void {
    this.onRefused(reason);
    const told = this.#told.get(reason) ?? { at: Number.NEGATIVE_INFINITY, since: 0 };
    this.#told.set(reason, told);
    told.since += 1;
    const now = this.nowMs();
    if (now - told.at < quietMs) return;
    this.logger.warn({ reason, count: told.since }, 'API keys were refused');
    told.at = now;
    told.since = 0;
  }
}
