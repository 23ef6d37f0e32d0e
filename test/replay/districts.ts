import type { Districts } from '@city311/kernel';

import { isBlank, type Column, type SourceRow } from './columns.js';

/** Columns that name a district; the city's layers are called the same. */
export const districtColumns = [
  'fire_district',
  'pwd_district',
  'city_council_district',
  'police_district',
  'neighborhood',
  'neighborhood_services_district',
  'ward',
  'precinct',
] as const satisfies readonly Column[];

/** Labels as the older system wrote them ("Ward 3", "03" and "3" stay what they are); blank ones are absent. */
export const districtsOf = (row: SourceRow): Districts =>
  Object.fromEntries(
    districtColumns.flatMap((column) => (isBlank(row[column]) ? [] : [[column, row[column]]])),
  );
