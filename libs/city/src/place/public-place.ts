import type { Place } from '@city311/kernel';

import { parseAddress, usualWidth } from '../gazetteer/parse-address.js';
import type { GivenPlace } from './locate.js';
import type { Geography } from './locate.js';
import { knownStreet } from './by-address.js';
import { readZip } from './zip-code.js';

const titleCase = (words: readonly string[]): string =>
  words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');

/** Street line of an address as its writer spelled it, without the house number. */
const streetLine = (text: string): string =>
  (usualWidth(text).split(/\s{2,}|,/)[0] ?? '')
    .replace(/^#?\d+(?:\s*[-–]\s*\d+)?[a-z]?(?:\s+1\/2)?\s+/i, '')
    .trim();

/**
 * "100 block of Main St" for "123 Main St  Dorchester  MA  02124", "1-99 block" for small numbers; a corner or a
 * street alone stays as it is written; null where there is no street to name.
 */
export const blockOf = (address: string, { gazetteer }: Pick<Geography, 'gazetteer'>): string | null => {
  const written = parseAddress(address);
  if (written === null) return null;
  if (written.kind !== 'number') return streetLine(address) === '' ? null : streetLine(address);
  const hundred = Math.floor(written.number / 100) * 100;
  const known = knownStreet(written.words, gazetteer);
  const street =
    known !== null && known.rest.length > 0 ? titleCase(known.street.split(' ')) : streetLine(address);
  return `${hundred === 0 ? '1-99' : hundred} block of ${street}`;
};

/** Five digits of a ZIP code that was understood; null for anything else. */
export const zipOf = (
  written: string | undefined,
  { grid, neighborZips }: Pick<Geography, 'grid' | 'neighborZips'>,
): string | null => {
  const read = readZip(written, { inside: grid.zips, neighbors: neighborZips });
  return 'zip' in read ? read.zip : null;
};

/**
 * What may be published of somebody's home: the block, the ZIP code and a point in the middle of the block
 * (or the given point on a net of some 200 m). Never the house number, never the given coordinates.
 */
export const publicPlace = (geography: Geography, given: GivenPlace): Place => {
  const { gazetteer } = geography;
  const text = given.address ?? given.street;
  const written = text === undefined ? null : parseAddress(text);
  const block = text === undefined ? null : blockOf(text, geography);
  const zip = zipOf(given.zip, geography) ?? zipOf(written?.zip ?? undefined, geography) ?? undefined;
  const street = written?.kind === 'number' ? knownStreet(written.words, gazetteer)?.street : undefined;
  const middle =
    written?.kind === 'number' && street !== undefined
      ? gazetteer.block(street, written.number, zip ?? null)
      : null;
  const coarse = (degrees: number): number => Math.round(degrees * 500) / 500;
  const point =
    middle ??
    (given.latitude === undefined || given.longitude === undefined
      ? null
      : { latitude: coarse(given.latitude), longitude: coarse(given.longitude) });
  return {
    precision: block === null && point === null ? 'unknown' : 'block',
    ...(point ?? {}),
    ...(block === null ? {} : { address: block }),
    ...(zip === undefined ? {} : { zip }),
  };
};
