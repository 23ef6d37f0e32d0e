import type { City } from '@city311/city';

import type { MayJoin } from './stranded.js';

/** Whether a case of one service may be joined to a case of another, as the city has it. */
export const mayJoin =
  (city: City): MayJoin =>
  (child, parent) =>
    city.mayJoin(child.serviceCode, parent.serviceCode);
