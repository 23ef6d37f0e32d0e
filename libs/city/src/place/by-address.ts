import type { Coordinates, Found, Gazetteer } from '../gazetteer/gazetteer.js';
import type { WrittenAddress } from '../gazetteer/parse-address.js';
import { streetWords } from '../gazetteer/street-names.js';
import type { DistrictGrid } from '../geo/district-grid.js';
import { metresBetween } from '../geo/lattice.js';
import type { Geography, Location } from './locate.js';

/** Two finds further apart are two places, metres. */
const samePlaceMetres = 300;

export const unknown = (explanation: readonly string[], zip?: string): Location => ({
  precision: 'unknown',
  districts: {},
  outsideCity: false,
  explanation,
  ...(zip === undefined ? {} : { zip }),
});

/** Longest known street name that the words begin with, and the words after it. */
export const knownStreet = (
  words: readonly string[],
  gazetteer: Gazetteer,
): { readonly street: string; readonly rest: readonly string[] } | null => {
  for (let count = words.length; count > 0; count -= 1) {
    const street = words.slice(0, count).join(' ');
    if (gazetteer.knows(street)) return { street, rest: words.slice(count) };
  }
  return null;
};

/** Finds that agree with the ZIP code, or else with the locality's words; all of them where neither helps. */
const narrow = <Candidate extends Coordinates>(
  found: readonly Candidate[],
  zip: string | null,
  locality: readonly string[],
  grid: DistrictGrid,
): readonly Candidate[] => {
  const spots = found.map((one) => ({ one, spot: grid.at(one.latitude, one.longitude) }));
  const byZip = spots.filter(({ spot }) => zip !== null && spot?.zip === zip);
  if (byZip.length > 0) return byZip.map(({ one }) => one);
  const byName = spots.filter(({ spot }) => {
    const name = streetWords(spot?.districts['neighborhood'] ?? '');
    return locality.some((word) => word.length > 3 && name.includes(word));
  });
  return byName.length > 0 ? byName.map(({ one }) => one) : found;
};

const scattered = (found: readonly Coordinates[]): boolean => {
  const [first] = found;
  return first !== undefined && found.some((other) => metresBetween(first, other) > samePlaceMetres);
};

const placed = (
  { grid, cityName }: Geography,
  { latitude, longitude }: Coordinates,
  precision: 'address' | 'block',
  how: string,
): Location => {
  const spot = grid.at(latitude, longitude);
  return {
    precision,
    latitude,
    longitude,
    ...(spot === null || spot.zip === null ? {} : { zip: spot.zip }),
    districts: spot?.districts ?? {},
    outsideCity: false,
    explanation: spot === null ? [how, `It lies just beyond the border of ${cityName}, or on it.`] : [how],
  };
};

/** Found by the address, or why not. */
export const byAddress = (
  geography: Geography,
  written: WrittenAddress,
  rest: readonly string[],
  zip: string | null,
): Location => {
  const { grid, gazetteer } = geography;
  const inZip = zip ?? undefined;
  const locality = [...streetWords(written.locality), ...rest];
  if (written.kind === 'corner') {
    const first = knownStreet(written.first, gazetteer);
    const second = knownStreet(written.second, gazetteer);
    if (first === null || second === null)
      return unknown(['The corner names a street that is not known.'], inZip);
    const found = narrow(gazetteer.corners(first.street, second.street), zip, locality, grid);
    const [corner] = found;
    if (corner === undefined) return unknown(['These streets have no known corner.'], inZip);
    if (scattered(found)) return unknown(['These streets meet in more than one place.'], inZip);
    return placed(geography, corner, 'address', 'Located by the corner of the two streets.');
  }
  const known = knownStreet(written.words, gazetteer);
  if (known === null) return unknown(['The street is not known.'], inZip);
  if (written.kind === 'street') return unknown(['The address has no house number.'], inZip);
  const all = gazetteer.numbers(known.street, written.number);
  const exact = all.filter(({ precision }) => precision === 'address');
  const found: readonly Found[] = narrow(exact.length > 0 ? exact : all, zip, locality, grid);
  const [best] = found;
  if (best === undefined) return unknown(['The street has no such house number.'], inZip);
  if (scattered(found)) {
    return unknown([
      'There is more than one street of that name; a ZIP code or neighborhood would tell which.',
    ]);
  }
  return placed(geography, best, best.precision, 'Located by the address.');
};

/** Words that stood behind the street's name. */
export const wordsBehind = (written: WrittenAddress, gazetteer: Gazetteer): readonly string[] =>
  knownStreet(written.kind === 'corner' ? written.second : written.words, gazetteer)?.rest ?? [];
