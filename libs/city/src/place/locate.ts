import type { Districts, Place } from '@city311/kernel';

import type { Coordinates, Found, Gazetteer } from '../gazetteer/gazetteer.js';
import type { WrittenAddress } from '../gazetteer/parse-address.js';
import { parseAddress } from '../gazetteer/parse-address.js';
import { streetWords } from '../gazetteer/street-names.js';
import type { DistrictGrid } from '../geo/district-grid.js';
import { metresBetween } from '../geo/lattice.js';

/** A place as somebody gave it; any member may be missing or wrong. */
export interface GivenPlace {
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly address?: string | undefined;
  readonly street?: string | undefined;
  readonly zip?: string | undefined;
}

export interface Location {
  readonly precision: Place['precision'];
  readonly latitude?: number;
  readonly longitude?: number;
  readonly zip?: string;
  readonly districts: Districts;
  /** Known not to be in the city; false where nothing is known. */
  readonly outsideCity: boolean;
  /** Sentences, for staff and public alike; they name no house number. */
  readonly explanation: readonly string[];
}

export interface Geography {
  readonly grid: DistrictGrid;
  readonly gazetteer: Gazetteer;
  readonly cityName: string;
  readonly unknownPoints: readonly (Coordinates & { readonly withinMetres: number })[];
  readonly bounds: {
    readonly south: number;
    readonly west: number;
    readonly north: number;
    readonly east: number;
  };
}

/** Two finds further apart are two places, metres. */
const samePlaceMetres = 300;

const unknown = (explanation: readonly string[], outsideCity = false, zip?: string): Location => ({
  precision: 'unknown',
  districts: {},
  outsideCity,
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

const byPoint = (geography: Geography, given: Coordinates): Location | null => {
  const { grid, cityName, unknownPoints, bounds } = geography;
  if (unknownPoints.some((point) => metresBetween(point, given) <= point.withinMetres)) return null;
  let point = given;
  const explanation: string[] = [];
  const swapped = { latitude: given.longitude, longitude: given.latitude };
  const plausible = ({ latitude, longitude }: Coordinates): boolean =>
    latitude > bounds.south - 1 &&
    latitude < bounds.north + 1 &&
    longitude > bounds.west - 1 &&
    longitude < bounds.east + 1;
  if (!plausible(given)) {
    if (!plausible(swapped)) return null;
    point = swapped;
    explanation.push('Latitude and longitude came the wrong way round.');
  }
  const spot = grid.at(point.latitude, point.longitude);
  if (spot === null) {
    explanation.push(`The given point lies outside ${cityName}.`);
    return { precision: 'point', ...point, districts: {}, outsideCity: true, explanation };
  }
  explanation.push('Located by the given point.');
  return {
    precision: 'point',
    ...point,
    ...(spot.zip === null ? {} : { zip: spot.zip }),
    districts: spot.districts,
    outsideCity: false,
    explanation,
  };
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
    outsideCity: spot === null,
    explanation: spot === null ? [how, `That is outside ${cityName}.`] : [how],
  };
};

const byWords = (geography: Geography, written: WrittenAddress, zip: string | null): Location => {
  const { grid, gazetteer, cityName } = geography;
  if (zip !== null && grid.zips.size > 0 && !grid.zips.has(zip)) {
    return unknown([`The ZIP code ${zip} is outside ${cityName}.`], true, zip);
  }
  const inZip = zip ?? undefined;
  if (written.kind === 'corner') {
    const first = knownStreet(written.first, gazetteer);
    const second = knownStreet(written.second, gazetteer);
    if (first === null || second === null)
      return unknown(['The corner names a street that is not known.'], false, inZip);
    const locality = [...streetWords(written.locality), ...second.rest];
    const found = narrow(gazetteer.corners(first.street, second.street), zip, locality, grid);
    const [corner] = found;
    if (corner === undefined) return unknown(['These streets have no known corner.'], false, inZip);
    if (scattered(found)) return unknown(['These streets meet in more than one place.'], false, inZip);
    return placed(geography, corner, 'address', 'Located by the corner of the two streets.');
  }
  const known = knownStreet(written.words, gazetteer);
  if (known === null) return unknown(['The street is not known.'], false, inZip);
  if (written.kind === 'street') return unknown(['The address has no house number.'], false, inZip);
  const locality = [...streetWords(written.locality), ...known.rest];
  const all = gazetteer.numbers(known.street, written.number);
  const exact = all.filter(({ precision }) => precision === 'address');
  const found: readonly Found[] = narrow(exact.length > 0 ? exact : all, zip, locality, grid);
  const [best] = found;
  if (best === undefined) return unknown(['The street has no such house number.'], false, inZip);
  if (scattered(found)) {
    return unknown([
      'There is more than one street of that name; a ZIP code or neighborhood would tell which.',
    ]);
  }
  return placed(geography, best, best.precision, 'Located by the address.');
};

/**
 * Where a given place is. A point is believed before an address, except the city's stand-in for "no location" and
 * points far from any city; without either the place is unknown and nothing is guessed.
 */
export const locate = (geography: Geography, given: GivenPlace): Location => {
  const { latitude, longitude } = given;
  if (
    latitude !== undefined &&
    longitude !== undefined &&
    Number.isFinite(latitude) &&
    Number.isFinite(longitude)
  ) {
    const location = byPoint(geography, { latitude, longitude });
    if (location !== null) return location;
  }
  const text = given.address ?? given.street ?? '';
  const written = text.trim() === '' ? null : parseAddress(text);
  const zip = given.zip?.trim().slice(0, 5) ?? written?.zip ?? null;
  if (written !== null) return byWords(geography, written, zip === '' ? null : zip);
  return unknown(['The report gives no usable place.']);
};
