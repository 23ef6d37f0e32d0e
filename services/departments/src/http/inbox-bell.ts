/** Rings when the inbox has changed: long polls wait for it. */
export class InboxBell {
  #next = Promise.withResolvers<void>();
  #waiting = false;

  ring(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Take it before looking, so that no change between looking and waiting is missed. */
  next(): Promise<void> {
    this.#waiting = true;
    return this.#next.promise;
  }
}
