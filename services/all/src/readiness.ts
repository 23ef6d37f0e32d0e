import type { BackgroundWork } from './threads/background-work.js';

/** What the process still waits for before it may be sent traffic. */
export class Readiness {
  #started = false;
  #stopping = false;

  constructor(private readonly background: Pick<BackgroundWork, 'waitingFor'>) {}

  started(): void {
    this.#started = true;
  }

  stopping(): void {
    this.#stopping = true;
  }

  async waitingFor(): Promise<readonly string[]> {
    if (this.#stopping) return ['stopping'];
    return [...(this.#started ? [] : ['start']), ...(await this.background.waitingFor())];
  }
}
