import type { Engines } from '@city311/platform';

import { meteredLeases } from './metered-leases.js';
import { meteredStore } from './metered-store.js';
import { meteredVault } from './metered-vault.js';
import type { ThreadMetrics } from './thread-metrics.js';
import type { WriteOutcomes } from './write-outcomes.js';

/** The same engines, whichever they are, with what this thread does on them counted and timed. */
export const meterEngines = <Opened extends Engines>(
  engines: Opened,
  metrics: ThreadMetrics,
  outcomes: WriteOutcomes,
): Opened => ({
  ...engines,
  store: meteredStore(engines.store, metrics, engines.city.channels, outcomes),
  vault: meteredVault(engines.vault, metrics, outcomes),
  leases: meteredLeases(engines.leases, metrics),
});
