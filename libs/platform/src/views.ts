import type { Provider } from '@nestjs/common';

import type { PublicEvent } from '@city311/kernel';
import type { Projection, View } from '@city311/read-models';

import { VIEWS } from './engines.js';

export interface ViewRegistration<Doc extends object> {
  readonly projection: Projection<Doc>;
  readonly topic: string;
  /** Runs on each batch before the projection, to put in what the pure fold cannot fetch (texts from the vault). */
  readonly prepare?: (events: readonly PublicEvent[]) => Promise<readonly PublicEvent[]>;
  /** After a batch was applied: wakes whoever waits for news of the view. */
  readonly onApplied?: () => void;
}

/** Opens views and keeps each of them up to date from its topic, until the process stops. */
export interface ViewRegistry {
  open<Doc extends object>(registration: ViewRegistration<Doc>): Promise<View<Doc>>;
}

/** Nest provider of a view: `View<Doc>` under `token`, fed from its topic. `inject` goes to `make`. */
export const viewProvider = <Doc extends object, Injected extends readonly unknown[]>(
  token: symbol,
  inject: { readonly [Index in keyof Injected]: symbol },
  make: (...injected: Injected) => ViewRegistration<Doc>,
): Provider => ({
  provide: token,
  inject: [VIEWS, ...inject],
  useFactory: (views: ViewRegistry, ...injected: unknown[]) =>
    views.open(make(...(injected as unknown as Injected))),
});
