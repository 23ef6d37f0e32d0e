import { describe } from '@jest/globals';
import type { ViewStore } from '@city311/read-models';

import { describeApplying } from './applying.js';
import { describeQuerying } from './querying.js';
import { describeRebuilding } from './rebuilding.js';
import { describeReplaying } from './replaying.js';

/** Empty storage of its own for each test; `open` may be called again after `close`, as after a restart. */
export interface ViewStoreHarness {
  readonly open: () => Promise<ViewStore>;
  readonly dispose: () => Promise<void>;
}

export type MakeViewStore = () => Promise<ViewStoreHarness>;

/** What every adapter of the read-model port promises. */
export const describeViewStoreContract = (name: string, makeStore: MakeViewStore): void => {
  describe(`${name} as a view store`, () => {
    describeApplying(makeStore);
    describeReplaying(makeStore);
    describeQuerying(makeStore);
    describeRebuilding(makeStore);
  });
};
