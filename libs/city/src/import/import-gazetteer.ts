import { deflateRawSync } from 'node:zlib';

import { streetKey } from '../gazetteer/street-names.js';
import type { GazetteerFile } from '../gazetteer/gazetteer.js';
import { readCsv } from './records.js';

interface Sighting {
  readonly number: number;
  /** Metres north and east of the origin. */
  readonly north: number;
  readonly east: number;
}

interface Line {
  readonly offset: number;
  readonly slope: number;
}

/** How far a street may bend away from a straight stretch, metres. */
const bendMetres = 30;
/** A number further than this from its neighbours is a slip of the source. */
const slipMetres = 400;
/** Corners are kept on a coarse net, in parts of a degree: some 20 m. */
const cornerScale = 5000;
const scale = 100_000;
const metresPerDegree = 111_195;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const fit = (points: readonly Sighting[], of: (point: Sighting) => number): Line => {
  const count = points.length;
  const meanNumber = points.reduce((sum, { number }) => sum + number, 0) / count;
  const mean = points.reduce((sum, point) => sum + of(point), 0) / count;
  let across = 0;
  let square = 0;
  for (const point of points) {
    across += (point.number - meanNumber) * (of(point) - mean);
    square += (point.number - meanNumber) ** 2;
  }
  const slope = square === 0 ? 0 : across / square;
  return { offset: mean - slope * meanNumber, slope };
};

interface Fitted {
  readonly from: number;
  readonly to: number;
  readonly north: Line;
  readonly east: Line;
}

const fitStretch = (points: readonly Sighting[]): { stretch: Fitted; worst: number } => {
  const north = fit(points, (point) => point.north);
  const east = fit(points, (point) => point.east);
  const worst = points.reduce(
    (most, point) =>
      Math.max(
        most,
        Math.hypot(
          point.north - north.offset - north.slope * point.number,
          point.east - east.offset - east.slope * point.number,
        ),
      ),
    0,
  );
  return { stretch: { from: points[0]?.number ?? 0, to: points.at(-1)?.number ?? 0, north, east }, worst };
};

/** Numbers once each, without slips, rising. */
const clean = (sightings: readonly Sighting[]): readonly Sighting[] => {
  const byNumber = Map.groupBy(sightings, ({ number }) => number);
  const once = [...byNumber]
    .map(([number, all]) => ({
      number,
      north: median(all.map(({ north }) => north)),
      east: median(all.map(({ east }) => east)),
    }))
    .sort((a, b) => a.number - b.number);
  if (once.length < 4) return once;
  return once.filter(({ north, east }, at) => {
    const around = once.slice(Math.max(0, at - 3), at + 4);
    const middle = {
      north: median(around.map((one) => one.north)),
      east: median(around.map((one) => one.east)),
    };
    return Math.hypot(north - middle.north, east - middle.east) <= slipMetres;
  });
};

/** Fewest straight stretches that stay within `bendMetres` of the sightings, found greedily. */
const stretchesOf = (sightings: readonly Sighting[]): readonly Fitted[] => {
  const points = clean(sightings);
  const stretches: Fitted[] = [];
  for (let start = 0; start < points.length;) {
    let best = fitStretch(points.slice(start, start + 1)).stretch;
    let end = start + 1;
    while (end < points.length && (points[end]?.number ?? 0) - (points[end - 1]?.number ?? 0) <= 200) {
      const longer = fitStretch(points.slice(start, end + 1));
      if (longer.worst > bendMetres) break;
      best = longer.stretch;
      end += 1;
    }
    stretches.push(best);
    start = end;
  }
  return stretches;
};

export interface GazetteerSources {
  readonly addresses: string;
  readonly intersections: string | null;
  readonly origin: { readonly south: number; readonly west: number };
  /** For measuring: rows for which it says false are left out of the fit. */
  readonly use?: (row: number) => boolean;
}

/**
 * Computes a gazetteer from a list of located addresses: per street and ZIP area, straight stretches of number
 * against place by least squares; corners on a coarse net. No address of the list is kept.
 */
export const importGazetteer = async (sources: GazetteerSources): Promise<GazetteerFile> => {
  const { south, west } = sources.origin;
  const eastMetres = metresPerDegree * Math.cos(((south + 0.085) * Math.PI) / 180);
  const streets = new Map<string, Map<string, Sighting[]>>();
  let row = 0;
  for await (const line of readCsv(sources.addresses)) {
    row += 1;
    const number = Number(line['number']);
    const street = streetKey((line['street'] ?? '').replace(/^[-\s]*\d+[A-Za-z]?\s+|^-+\s*/, ''));
    const latitude = Number(line['latitude']);
    const longitude = Number(line['longitude']);
    if (!Number.isInteger(number) || street === '' || !(latitude > south) || !(longitude > west)) continue;
    if (sources.use?.(row) === false) continue;
    const parts = streets.get(street) ?? new Map<string, Sighting[]>();
    const zip = line['zip'] ?? '';
    const sightings = parts.get(zip) ?? [];
    sightings.push({
      number,
      north: (latitude - south) * metresPerDegree,
      east: (longitude - west) * eastMetres,
    });
    parts.set(zip, sightings);
    streets.set(street, parts);
  }

  const corners = new Map<string, { first: string; second: string; latitude: number; longitude: number }>();
  if (sources.intersections !== null) {
    for await (const line of readCsv(sources.intersections)) {
      const [first = '', second = ''] = [
        streetKey(line['street_a'] ?? ''),
        streetKey(line['street_b'] ?? ''),
      ].sort();
      const latitude = Math.round((Number(line['latitude']) - south) * cornerScale);
      const longitude = Math.round((Number(line['longitude']) - west) * cornerScale);
      if (first === '' || second === '' || first === second || !(latitude > 0) || !(longitude > 0)) continue;
      corners.set(`${first}|${second}|${latitude}|${longitude}`, { first, second, latitude, longitude });
      for (const street of [first, second]) if (!streets.has(street)) streets.set(street, new Map());
    }
  }

  const names = [...streets.keys()].sort();
  const zips = [...new Set([...streets.values()].flatMap((parts) => [...parts.keys()]))].sort();
  const at = ({ north, east }: Fitted, number: number): readonly number[] => [
    Math.round(((north.offset + north.slope * number) / metresPerDegree) * scale),
    Math.round(((east.offset + east.slope * number) / eastMetres) * scale),
  ];
  return {
    scale,
    south,
    west,
    zips,
    streets: names,
    parts: names.map((name) =>
      [...(streets.get(name) ?? [])].map(([zip, sightings]) => [
        zips.indexOf(zip),
        ...stretchesOf(sightings).flatMap((stretch) => [
          stretch.from,
          stretch.to,
          ...at(stretch, stretch.from),
          ...at(stretch, stretch.to),
        ]),
      ]),
    ),
    corners: [...corners.values()].map(({ first, second, latitude, longitude }) => {
      const places = [names.indexOf(first), names.indexOf(second)].sort((a, b) => a - b);
      return [...places, (latitude * scale) / cornerScale, (longitude * scale) / cornerScale];
    }),
  };
};

export const packGazetteer = (file: GazetteerFile): Buffer =>
  deflateRawSync(JSON.stringify(file), { level: 9 });
