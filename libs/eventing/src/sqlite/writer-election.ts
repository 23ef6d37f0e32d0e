import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { BatchWriter, LocalWriter } from './local-writer.js';
import { connectToWriter, type RemoteWriter } from './remote-writer.js';
import type { WriterServer } from './writer-server.js';
import type { WriterLease } from './writer-protocol.js';

export interface ElectionParts {
  readonly holder: string;
  readonly startWriter: (onLost: () => void) => Promise<LocalWriter>;
  readonly serve: (local: LocalWriter) => Promise<WriterServer>;
  /** The lease as it stands in the log; null before the first. */
  readonly storedLease: () => WriterLease | null;
  /** Whom to send appends to from now on; null while nobody is known. */
  readonly onWriter: (writer: BatchWriter | null) => void;
  readonly onCommit: (head: number) => void;
}

type Role =
  | { readonly kind: 'none' }
  | { readonly kind: 'writing'; readonly token: number; readonly server: WriterServer }
  | { readonly kind: 'behind'; readonly token: number; readonly remote: RemoteWriter };

const firstPauseMs = 20;
const longestPauseMs = 500;

/**
 * Finds the one process that writes the log: this one where the lease is free or its holder is gone, else the holder,
 * through its socket. Starts over whenever that writer is lost. A holder that still believes in an old lease is kept
 * out by the token that each of its transactions checks, so a wrong guess here costs time, not events.
 */
export class WriterElection {
  private role: Role = { kind: 'none' };
  private running: Promise<void> | null = null;
  private closed = false;

  /** @param local  this process's own writer thread, started again if it dies */
  constructor(
    private readonly parts: ElectionParts,
    private local: LocalWriter,
  ) {}

  /** Notices a writer that fell silent or was replaced; to be called about once a second. */
  check(): void {
    if (this.role.kind === 'none') return;
    const lease = this.parts.storedLease();
    const replaced = lease?.token !== this.role.token;
    if (replaced || (this.role.kind === 'behind' && lease.expiresAt < Date.now())) this.lose();
  }

  /** The writer known now is not to be used any more. */
  lose(): void {
    const { role } = this;
    if (this.closed || role.kind === 'none') return;
    this.role = { kind: 'none' };
    this.parts.onWriter(null);
    if (role.kind === 'writing') role.server.close();
    else role.remote.close();
    void this.elect();
  }

  /** Gives the lease back, then cuts the connections of those that append through this process. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
    await this.local.close();
    if (this.role.kind === 'writing') this.role.server.close();
    if (this.role.kind === 'behind') this.role.remote.close();
  }

  /** This process's writer thread died, or found its lease taken. */
  localLost(): void {
    if (this.role.kind === 'writing') this.lose();
  }

  /** Resolves once a writer is known. */
  elect(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  private async run(): Promise<void> {
    for (let pauseMs = firstPauseMs; !this.closed; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        if (await this.tryOnce()) return;
      } catch {
        // busy or out of space: tried again until the store is closed; appends meanwhile time out by themselves
      }
      await delay(pauseMs);
    }
  }

  private async tryOnce(): Promise<boolean> {
    const stored = this.parts.storedLease();
    if (stored !== null && stored.expiresAt > Date.now()) {
      const remote = await connectToWriter(stored.socket, this.parts.onCommit, () => {
        if (this.role.kind === 'behind' && this.role.remote === remote) this.lose();
      });
      if (remote === 'unclear') return false;
      if (remote !== 'gone') {
        this.role = { kind: 'behind', token: stored.token, remote };
        this.parts.onWriter(remote);
        return true;
      }
    }
    return this.takeOver(stored);
  }

  private async takeOver(stored: WriterLease | null): Promise<boolean> {
    if (!this.local.alive)
      this.local = await this.parts.startWriter(() => {
        this.localLost();
      });
    const { local } = this;
    // listening comes first: a lease whose socket refuses says that its holder is gone
    const server = await this.parts.serve(local);
    try {
      const { lease, acquired } = await local.acquire(this.parts.holder, server.path, stored?.token ?? null);
      if (!acquired) {
        server.close();
        return false;
      }
      this.role = { kind: 'writing', token: lease.token, server };
    } catch (error) {
      server.close();
      throw error;
    }
    if (stored !== null) await rm(stored.socket, { force: true }).catch(() => undefined);
    this.parts.onWriter(local);
    return true;
  }
}
