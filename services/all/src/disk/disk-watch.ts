import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

import { diskCause } from './disk-cause.js';

/** What a commit of the embedded engines may need at once, several times over. */
const roomBytes = 1_048_576;
const everyMs = 1_000;
const toldEveryMs = 60_000;

/** What is done with the disk; a test has its own. */
export interface Disk {
  /** Bytes that are free for us. */
  free(): Promise<number>;
  /** Writes that many bytes durably, and takes them away again. @throws Error  they could not be written */
  tryWriting(bytes: number): Promise<void>;
}

export const diskOf = (folder: string): Disk => ({
  free: async () => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  tryWriting: async (bytes) => {
    const file = join(folder, `.room-${process.pid}-${threadId}`);
    try {
      const handle = await open(file, 'w', 0o600);
      try {
        await handle.writeFile(Buffer.alloc(bytes));
        await handle.sync();
      } finally {
        await handle.close();
      }
    } finally {
      await rm(file, { force: true });
    }
  },
});

/**
 * Knows whether the disk of the data folder takes what is written. It does not where room is short, or where a write
 * failed (`suspect`), until there is room and a try has worked. Tells so once a minute at most.
 */
export class DiskWatch {
  #why: string | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly disk: Disk,
    private readonly tell: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#timer = setInterval(() => void this.look(), everyMs).unref();
  }

  /** Why nothing can be written at the moment; null where it can, as far as is known. */
  trouble(): string | null {
    return this.#why;
  }

  /** An error that somebody met, or a line that somebody logged: whether it speaks of the disk. */
  suspect(what: unknown): boolean {
    const cause = diskCause(what);
    if (cause !== null) this.#failed(cause);
    return cause !== null;
  }

  async look(): Promise<void> {
    try {
      const free = await this.disk.free();
      if (free < roomBytes) {
        this.#failed(`disk is full: ${free} bytes are free`);
        return;
      }
      if (this.#why === null) return;
      await this.disk.tryWriting(roomBytes);
      this.#why = null;
      this.tell('the disk takes what is written again');
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #failed(why: string): void {
    this.#why = why;
    if (this.now() - this.#toldAt < toldEveryMs) return;
    this.#toldAt = this.now();
    this.tell(`the disk takes nothing more, reports are refused until it does: ${why}`);
  }
}
