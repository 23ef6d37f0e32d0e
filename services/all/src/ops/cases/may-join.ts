import type { City } from '@city311/city';

import type { MayJoin } from './stranded.js';

/** Whether a case may be joined to another, by what the city says of their services. */
export const mayJoin =
  (city: City): MayJoin =>
  (child, parent) =>
    city.mayJoin(child.serviceCode, parent.serviceCode);
