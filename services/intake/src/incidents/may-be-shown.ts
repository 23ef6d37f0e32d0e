import type { City } from '@city311/city';
import type { Case } from '@city311/domain-intake';

/**
 * Whether everybody who may see a follower may be told of this parent: neither the case nor the service that it has now
 * is kept from the public.
 */
export const mayBeShown = (city: City, parent: Case): boolean =>
  parent.status !== 'not-opened' &&
  parent.visibility === 'public' &&
  (city.service(parent.serviceCode)?.visibility ?? 'public') === 'public';
