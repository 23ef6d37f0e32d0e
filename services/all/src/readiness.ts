/** What the process still waits for before it may be sent traffic. */
export class Readiness {
  #started = false;
  #stopping = false;

  constructor(
    private readonly views: () => readonly { readonly name: string; readonly runner: { ready(): boolean } }[],
  ) {}

  started(): void {
    this.#started = true;
  }

  stopping(): void {
    this.#stopping = true;
  }

  waitingFor(): readonly string[] {
    return [
      ...(this.#started ? [] : ['start']),
      ...(this.#stopping ? ['stopping'] : []),
      ...this.views().flatMap(({ name, runner }) => (runner.ready() ? [] : [`view ${name}`])),
    ];
  }
}
