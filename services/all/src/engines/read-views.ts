import type { ViewRegistration, ViewRegistry } from '@city311/platform';
import type { View } from '@city311/read-models';

import type { OpenedForViews } from './open-engines.js';

/** Views as the HTTP thread has them: read here, filled by the background thread, which tells when one moved on. */
export class ReadViews implements ViewRegistry {
  readonly #listeners = new Map<string, () => void>();

  constructor(private readonly opened: OpenedForViews) {}

  async open<Doc extends object>({ projection, onApplied }: ViewRegistration<Doc>): Promise<View<Doc>> {
    if (onApplied !== undefined) this.#listeners.set(projection.view.name, onApplied);
    const { view } = await this.opened.viewStore.open(projection);
    return view;
  }

  applied(view: string): void {
    this.#listeners.get(view)?.();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
