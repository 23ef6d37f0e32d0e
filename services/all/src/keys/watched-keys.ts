import type { Clock } from '@city311/platform';
import { hasExpired, type ApiKeys } from '@city311/vault';

import type { KeyRefusals } from './key-refusals.js';
import { LastUses } from './last-uses.js';

/** The same keys: those that have expired are refused, what is refused is counted, and uses are noted. */
export const watchedKeys = (keys: ApiKeys, clock: Clock, refusals: KeyRefusals): ApiKeys => {
  const uses = new LastUses(keys);
  return {
    create: (...made) => keys.create(...made),
    rotate: (...replaced) => keys.rotate(...replaced),
    verify: async (key) => {
      const known = await keys.verify(key);
      if (known === null) {
        refusals.count('unknown');
        return null;
      }
      const now = clock.now();
      if (hasExpired(known, now.toISOString())) {
        refusals.count('expired');
        return null;
      }
      uses.used(known.name, now);
      return known;
    },
    noteUses: (noted) => keys.noteUses(noted),
    revoke: (name) => keys.revoke(name),
    list: () => keys.list(),
    close: () => keys.close(),
  };
};
