import { TransientError } from '@city311/kernel';

import type { RawRead } from './reads.js';

const maxQueuedBytes = 4 * 1024 * 1024;

/** What a subscription sends, kept until it is wanted and no more than that: a full queue stops the server. */
export class Incoming {
  private messages: Buffer[] = [];
  private bytes = 0;
  private error: Error | null = null;
  private waiting: (() => void) | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly read: RawRead,
    private readonly maxMessages: number,
    private readonly signal: AbortSignal,
  ) {
    this.stop = () => {
      this.wake();
    };
    signal.addEventListener('abort', this.stop);
    read
      .on('data', (message: Buffer) => {
        this.messages.push(message);
        this.bytes += message.length;
        if (this.messages.length >= this.maxMessages || this.bytes >= maxQueuedBytes) read.pause();
        this.wake();
      })
      .on('error', (error: Error) => {
        this.error = error;
        this.wake();
      })
      .on('end', () => {
        this.error ??= new TransientError('the subscription was ended');
        this.wake();
      });
  }

  get length(): number {
    return this.messages.length;
  }

  /** @throws  what the call failed with, once all that came before it is taken */
  take(count: number): Buffer[] {
    if (this.messages.length === 0 && this.error !== null) throw this.error;
    const taken = count >= this.messages.length ? this.messages.splice(0) : this.messages.splice(0, count);
    this.bytes -= taken.reduce((sum, message) => sum + message.length, 0);
    if (this.read.isPaused() && this.messages.length < this.maxMessages / 2) this.read.resume();
    return taken;
  }

  /** Resolves when there is something to take, or after `timeoutMs`, or when following ends. */
  async arrived(timeoutMs: number): Promise<void> {
    if (this.messages.length > 0 || this.error !== null || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.waiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.waiting = null;
  }

  close(): void {
    this.signal.removeEventListener('abort', this.stop);
    this.read.on('error', () => undefined).cancel();
  }

  private wake(): void {
    this.waiting?.();
  }
}
