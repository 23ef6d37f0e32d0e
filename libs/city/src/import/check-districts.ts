import type { DistrictGrid } from '../geo/district-grid.js';
import { pointOf, readCsv } from './records.js';

const widths: Readonly<Record<string, number>> = { ward: 2, precinct: 4 };

/** A label of a record in the grid's form: `Ward 3` and `3` are `03`, blanks and `0` are nothing. */
export const plainLabel = (layer: string, label: string | undefined): string => {
  const bare = (label ?? '').trim().replace(/^Ward /, '');
  return bare === '' || bare === '0' ? '' : bare.padStart(widths[layer] ?? 0, '0');
};

/** Compares the grid with what located records say of themselves; one printable line for each layer. */
export const checkDistricts = async (
  grid: DistrictGrid,
  records: string,
  unknownPoints: readonly { latitude: number; longitude: number }[],
): Promise<readonly string[]> => {
  const equal = new Map(grid.layers.map((layer) => [layer, { same: 0, all: 0 }]));
  let outside = 0;
  let located = 0;
  for await (const row of readCsv(records)) {
    const point = pointOf(row, unknownPoints);
    if (point === null) continue;
    located += 1;
    const spot = grid.at(point.latitude, point.longitude);
    if (spot === null) {
      outside += 1;
      continue;
    }
    for (const [layer, counts] of equal) {
      const label = plainLabel(layer, row[layer]);
      if (label === '') continue;
      counts.all += 1;
      if (spot.districts[layer] === label) counts.same += 1;
    }
  }
  const share = (part: number, whole: number): string =>
    `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
  return [
    `located records outside the limits: ${outside} of ${located}`,
    ...[...equal].map(([layer, { same, all }]) => `${layer}: ${share(same, all)} of ${all} labels agree`),
  ];
};
