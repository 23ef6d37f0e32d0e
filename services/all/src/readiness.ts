import type { BackgroundWork } from './threads/background-work.js';

/** What the process still waits for before it may be sent traffic. */
export class Readiness {
  #started = false;
  #stopping = false;
  #looking: Promise<readonly string[]> | null = null;

  /** @param troubles  engines that cannot be used at the moment */
  constructor(
    private readonly background: Pick<BackgroundWork, 'waitingFor'>,
    private readonly troubles: () => Promise<readonly string[]>,
  ) {}

  started(): void {
    this.#started = true;
  }

  stopping(): void {
    this.#stopping = true;
  }

  /** Who asks meanwhile gets the same answer: strangers may ask as often as they like. */
  waitingFor(): Promise<readonly string[]> {
    if (this.#stopping) return Promise.resolve(['stopping']);
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<readonly string[]> {
    const [views, troubles] = await Promise.all([this.background.waitingFor(), this.troubles()]);
    return [...(this.#started ? [] : ['start']), ...views, ...troubles];
  }
}
