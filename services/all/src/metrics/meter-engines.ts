import type { Engines } from '@city311/platform';

import { meteredLeases } from './metered-leases.js';
import { meteredStore } from './metered-store.js';
import { meteredVault } from './metered-vault.js';
import type { ThreadMetrics } from './thread-metrics.js';

/** The same engines, whichever they are, with what this thread does on them counted and timed. */
export const meterEngines = <Opened extends Engines>(
  engines: Opened,
  metrics: ThreadMetrics,
  onFailure: (error: unknown) => void,
): Opened => ({
  ...engines,
  store: meteredStore(engines.store, metrics, engines.city.channels, onFailure),
  vault: meteredVault(engines.vault, metrics, onFailure),
  leases: meteredLeases(engines.leases, metrics),
});
