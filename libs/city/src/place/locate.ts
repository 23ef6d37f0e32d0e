import type { Districts, Place } from '@city311/kernel';

import type { Coordinates, Gazetteer } from '../gazetteer/gazetteer.js';
import type { DistrictGrid } from '../geo/district-grid.js';
import { metresBetween } from '../geo/lattice.js';
import type { ReadTown } from './named-town.js';
import { byWords, contradictionIn, readWords, saysOutside, type Words } from './words.js';

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
  readonly neighborZips: ReadonlySet<string>;
  readonly readTown: ReadTown;
  readonly unknownPoints: readonly (Coordinates & { readonly withinMetres: number })[];
  readonly bounds: {
    readonly south: number;
    readonly west: number;
    readonly north: number;
    readonly east: number;
  };
}

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

/** A point and an address that lie further apart are two places, metres. */
const samePointMetres = 1_000;

/** A point is believed before words, unless they say something else. */
const byBoth = (geography: Geography, point: Location, words: Words): Location => {
  const { cityName } = geography;
  const { located, zip, town } = words;
  const doubt = (why: string): Location => ({
    ...point,
    districts: {},
    outsideCity: false,
    explanation: [...point.explanation, why],
  });
  const { latitude = 0, longitude = 0 } = point;
  if (point.outsideCity) {
    const speaksForCity = zip.kind === 'inside' || town.kind === 'inside' || located.precision !== 'unknown';
    const agrees = saysOutside(words) && contradictionIn(geography, words) === null;
    return speaksForCity && !agrees ? doubt(`The address or ZIP code is one of ${cityName}.`) : point;
  }
  if (saysOutside(words)) return doubt(`The address or ZIP code is one outside ${cityName}.`);
  if (located.latitude === undefined || located.longitude === undefined) return point;
  const spot = { latitude: located.latitude, longitude: located.longitude };
  const apart = metresBetween({ latitude, longitude }, spot);
  return apart > samePointMetres && contradictionIn(geography, words) === null
    ? doubt(`The address is ${Math.round(apart / 100) / 10} km away from it.`)
    : point;
};

/**
 * Where a given place is. Every part of it votes, and one that is not understood says nothing. A point is believed before
 * an address, except the city's stand-in for "no location" and points far from any city; parts that contradict each other,
 * and no usable part, are for a person: nothing is guessed, and only what was understood is outside.
 */
export const locate = (geography: Geography, given: GivenPlace): Location => {
  const { latitude, longitude } = given;
  const point =
    latitude !== undefined &&
    longitude !== undefined &&
    Number.isFinite(latitude) &&
    Number.isFinite(longitude)
      ? byPoint(geography, { latitude, longitude })
      : null;
  const words = readWords(geography, given);
  return point === null ? byWords(geography, words) : byBoth(geography, point, words);
};
