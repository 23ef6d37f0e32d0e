import { inflateRawSync } from 'node:zlib';

import { metresBetween } from '../geo/lattice.js';

/** Straight stretch of a street: house numbers `from`..`to` run between two points. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly start: Coordinates;
  readonly end: Coordinates;
}

export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/** Part of a street within one ZIP area, by rising number. */
export interface StreetPart {
  readonly zip: string;
  readonly stretches: readonly Stretch[];
}

/**
 * File content, deflated JSON. Coordinates are whole numbers of `scale` parts of a degree, counted from `south`
 * and `west`. A part is `[zip place, then for each stretch: from, to, latitude, longitude, latitude, longitude]`;
 * a corner is `[street place, street place, latitude, longitude]`.
 */
export interface GazetteerFile {
  readonly scale: number;
  readonly south: number;
  readonly west: number;
  readonly zips: readonly string[];
  readonly streets: readonly string[];
  readonly parts: readonly (readonly (readonly number[])[])[];
  readonly corners: readonly (readonly number[])[];
}

export interface Found extends Coordinates {
  /** `address`: within the known numbers; `block`: beside them, by at most half a block. */
  readonly precision: 'address' | 'block';
  readonly zip: string;
}

export interface Gazetteer {
  knows(street: string): boolean;
  /** Every place that the number may mean, one for each part of the street that reaches it. */
  numbers(street: string, number: number): readonly Found[];
  corners(first: string, second: string): readonly Coordinates[];
  /** Middle of the hundred-block, by its first and last known number. */
  block(street: string, number: number, zip: string | null): Coordinates | null;
  readonly streetCount: number;
}

const halfBlock = 50;

const along = ({ from, to, start, end }: Stretch, number: number): Coordinates => {
  const share = to === from ? 0 : (Math.min(Math.max(number, from), to) - from) / (to - from);
  return {
    latitude: start.latitude + share * (end.latitude - start.latitude),
    longitude: start.longitude + share * (end.longitude - start.longitude),
  };
};

/** Null where the part does not come near the number. */
const findOn = ({ zip, stretches }: StreetPart, number: number): Found | null => {
  let before: Stretch | null = null;
  for (const stretch of stretches) {
    if (number < stretch.from) {
      const gap = before === null ? Infinity : stretch.from - before.to;
      if (before !== null && gap <= 2 * halfBlock) {
        const bridge = { from: before.to, to: stretch.from, start: before.end, end: stretch.start };
        return { ...along(bridge, number), precision: 'address', zip };
      }
      if (before !== null && number - before.to <= halfBlock) break;
      return stretch.from - number <= halfBlock ? { ...stretch.start, precision: 'block', zip } : null;
    }
    if (number <= stretch.to) return { ...along(stretch, number), precision: 'address', zip };
    before = stretch;
  }
  if (before === null || number - before.to > halfBlock) return null;
  return { ...before.end, precision: 'block', zip };
};

const round = (value: number): number => Math.round(value * 1e5) / 1e5;

export const decodeGazetteer = (packed: Buffer): GazetteerFile =>
  JSON.parse(inflateRawSync(packed).toString('utf8')) as GazetteerFile;

export const createGazetteer = (file: GazetteerFile): Gazetteer => {
  const point = (latitude = 0, longitude = 0): Coordinates => ({
    latitude: round(file.south + latitude / file.scale),
    longitude: round(file.west + longitude / file.scale),
  });
  const streets = new Map(file.streets.map((name, at) => [name, at]));
  const decoded = new Map<number, readonly StreetPart[]>();
  const partsOf = (street: string): readonly StreetPart[] => {
    const place = streets.get(street);
    if (place === undefined) return [];
    let parts = decoded.get(place);
    if (parts === undefined) {
      parts = (file.parts[place] ?? []).map(([zip = 0, ...numbers]) => {
        const stretches: Stretch[] = [];
        for (let at = 0; at + 5 < numbers.length; at += 6) {
          const [from = 0, to = 0, ...ends] = numbers.slice(at, at + 6);
          stretches.push({ from, to, start: point(ends[0], ends[1]), end: point(ends[2], ends[3]) });
        }
        return { zip: file.zips[zip] ?? '', stretches };
      });
      decoded.set(place, parts);
    }
    return parts;
  };
  const crossings = new Map<string, Coordinates[]>();
  for (const [first = 0, second = 0, latitude, longitude] of file.corners) {
    const key = `${first} ${second}`;
    const at = point(latitude, longitude);
    const known = crossings.get(key);
    if (known === undefined) crossings.set(key, [at]);
    else known.push(at);
  }
  const numbers = (street: string, number: number): readonly Found[] =>
    partsOf(street).flatMap((part) => findOn(part, number) ?? []);

  return {
    knows: (street) => streets.has(street),
    streetCount: streets.size,
    numbers,
    corners(first, second) {
      const a = streets.get(first);
      const b = streets.get(second);
      if (a === undefined || b === undefined) return [];
      return crossings.get(`${Math.min(a, b)} ${Math.max(a, b)}`) ?? [];
    },
    block(street, number, zip) {
      const found = numbers(street, number);
      const here = found.find((one) => one.zip === zip) ?? (found.length === 1 ? found[0] : undefined);
      if (here === undefined) return null;
      const first = Math.floor(number / 100) * 100;
      const near = (one: number): Coordinates =>
        numbers(street, one).find((other) => metresBetween(other, here) < 400) ?? here;
      const low = near(first);
      const high = near(first + 99);
      return {
        latitude: round((low.latitude + high.latitude) / 2),
        longitude: round((low.longitude + high.longitude) / 2),
      };
    },
  };
};
