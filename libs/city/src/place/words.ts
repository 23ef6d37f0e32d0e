import type { Coordinates } from '../gazetteer/gazetteer.js';
import { parseAddress } from '../gazetteer/parse-address.js';
import type { Spot } from '../geo/district-grid.js';
import { byAddress, unknown, wordsBehind } from './by-address.js';
import type { Geography, GivenPlace, Location } from './locate.js';
import type { TownVote } from './named-town.js';
import { readZip, type ZipVote } from './zip-code.js';

/** All that the words of a report say of its place: each part votes, and a part that is not understood says nothing. */
export interface Words {
  readonly located: Location;
  readonly zip: ZipVote;
  readonly town: TownVote;
}

export const readWords = (geography: Geography, given: GivenPlace): Words => {
  const { grid, gazetteer, neighborZips, readTown } = geography;
  const known = { inside: grid.zips, neighbors: neighborZips };
  const own = readZip(given.zip, known);
  const lines = [given.address, given.street].map((text = ''): Words | null => {
    const line = text.trim() === '' ? null : parseAddress(text);
    if (line === null) return null;
    const inLine = readZip(line.zip ?? undefined, known);
    const zip = 'zip' in own || inLine.kind === 'none' ? own : inLine;
    const rest = wordsBehind(line, gazetteer);
    const located = byAddress(geography, line, rest, zip.kind === 'inside' ? zip.zip : null);
    return { located, zip, town: readTown(line.locality, rest) };
  });
  const read = lines.filter((line) => line !== null);
  return (
    read.find(({ located }) => located.precision !== 'unknown') ??
    read[0] ?? { located: nothing, zip: own, town: { kind: 'none' } }
  );
};

/** Where nobody gave an address. */
const nothing = unknown(['The report gives no usable place.']);

const isOutside = ({ kind }: ZipVote | TownVote): boolean => kind === 'neighbor' || kind === 'elsewhere';

const leftAside = (zip: ZipVote): readonly string[] =>
  zip.kind === 'not-understood' ? ['The ZIP code could not be read and was left aside.'] : [];

/** A ring around a spot, in steps of 45°. */
const around = ({ latitude, longitude }: Coordinates, metres: number): readonly Coordinates[] =>
  Array.from({ length: 8 }, (_, at) => ({
    latitude: latitude + (metres / 111_000) * Math.sin((at * Math.PI) / 4),
    longitude:
      longitude + (metres / (111_000 * Math.cos((latitude * Math.PI) / 180))) * Math.cos((at * Math.PI) / 4),
  }));

/** Borders of ZIP codes, and more so of neighborhoods, are soft: what begins nearby is no contradiction. Metres. */
const zipRings = [0, 150, 300, 600];
const townRings = [0, 300, 600, 1_000, 1_500];

const isNear = (
  { grid }: Geography,
  spot: Coordinates,
  holds: (there: Spot) => boolean,
  rings: readonly number[],
): boolean =>
  rings.some((metres) =>
    around(spot, metres).some(({ latitude, longitude }) => {
      const there = grid.at(latitude, longitude);
      return there !== null && holds(there);
    }),
  );

/** Why a person must look, although each part was understood; null where nothing speaks against the rest. */
export const contradictionIn = (geography: Geography, { located, zip, town }: Words): string | null => {
  const { cityName } = geography;
  const spot =
    located.latitude === undefined || located.longitude === undefined
      ? null
      : { latitude: located.latitude, longitude: located.longitude };
  if (zip.kind === 'inside' && isOutside(town)) {
    return `The ZIP code ${zip.zip} is one of ${cityName}, yet the address names another place.`;
  }
  if (town.kind === 'inside' && isOutside(zip)) {
    return `The address names a place in ${cityName}, yet the ZIP code is none of its own.`;
  }
  if (spot === null) return null;
  if (isOutside(zip) && !isOutside(town)) {
    return `The address is known in ${cityName}, yet the ZIP code is none of its own.`;
  }
  if (town.kind === 'neighbor' && !isOutside(zip)) {
    return `The address is known in ${cityName}, yet it names ${town.name}.`;
  }
  if (zip.kind === 'inside' && !isNear(geography, spot, (there) => there.zip === zip.zip, zipRings)) {
    return `The address is known, yet not in the ZIP code ${zip.zip}.`;
  }
  if (
    zip.kind !== 'inside' &&
    town.kind === 'inside' &&
    town.name !== cityName &&
    !isNear(geography, spot, ({ districts }) => districts['neighborhood'] === town.name, townRings)
  ) {
    return `The address is known, yet not in ${town.name}.`;
  }
  return null;
};

/** A neighbor's name or ZIP code is understood; a place farther away takes both its state and its ZIP code. */
export const saysOutside = ({ zip, town }: Words): boolean =>
  town.kind === 'neighbor' ||
  zip.kind === 'neighbor' ||
  (town.kind === 'elsewhere' && zip.kind === 'elsewhere');

export const byWords = (geography: Geography, words: Words): Location => {
  const { cityName } = geography;
  const { located, zip, town } = words;
  const contradiction = contradictionIn(geography, words);
  if (contradiction !== null) return unknown([contradiction]);
  if (located !== nothing && saysOutside(words)) {
    const what =
      town.kind === 'neighbor'
        ? `The address names ${town.name}, which is outside ${cityName}.`
        : zip.kind === 'neighbor' || zip.kind === 'elsewhere'
          ? `The ZIP code ${zip.zip} is outside ${cityName}.`
          : `The address names a place outside ${cityName}.`;
    return { ...unknown([what]), outsideCity: true };
  }
  const doubted =
    located.precision !== 'unknown' && town.kind === 'elsewhere'
      ? unknown(['The address names another state.'])
      : located;
  return { ...doubted, explanation: [...doubted.explanation, ...leftAside(zip)] };
};
