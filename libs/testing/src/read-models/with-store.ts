import type { ViewStore } from '@city311/read-models';

import type { MakeViewStore } from './view-store.contract.js';

/** Runs a test on an open store of its own. `reopen` closes it and opens it on the same storage. */
export const withStore = async (
  makeStore: MakeViewStore,
  test: (store: ViewStore, reopen: () => Promise<ViewStore>) => Promise<void>,
): Promise<void> => {
  const harness = await makeStore();
  let store = await harness.open();
  try {
    await test(store, async () => {
      await store.close();
      store = await harness.open();
      return store;
    });
  } finally {
    await store.close();
    await harness.dispose();
  }
};
