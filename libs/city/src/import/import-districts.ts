import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { GridHeader } from '../geo/district-grid.js';
import type { LabelledArea } from '../geo/geojson.js';
import { readAreas } from '../geo/geojson.js';
import type { Lattice } from '../geo/lattice.js';
import { cellAt, latticeOver } from '../geo/lattice.js';
import { growInto, rasterize } from '../geo/rasterize.js';
import { packRuns } from '../geo/run-lengths.js';
import type { ImportPlan } from './plan.js';
import { pointOf, readCsv } from './records.js';

/** A street on the border still counts as the city's: cells beyond the limits, some 30 m. */
const borderReach = 3;
/** Piers and simplified shores: how far a district reaches into unlabelled parts of the city. */
const shoreReach = 80;
/** Fewer records say nothing against a polygon. */
const leastRecords = 3;

interface Layer {
  readonly name: string;
  readonly labels: string[];
  cells: Uint16Array;
}

const boxOf = (areas: readonly LabelledArea[]) => {
  const box = { south: 90, west: 180, north: -90, east: -180 };
  for (const [longitude, latitude] of areas.flatMap(({ rings }) => rings.flat())) {
    box.south = Math.min(box.south, latitude);
    box.north = Math.max(box.north, latitude);
    box.west = Math.min(box.west, longitude);
    box.east = Math.max(box.east, longitude);
  }
  return box;
};

/** Zone number (from 1) of every cell inside `limits`, 0 elsewhere, with the labels of each zone by layer. */
const zonesOf = (
  limits: Uint16Array,
  layers: readonly Layer[],
): { cells: Uint16Array; zones: number[][] } => {
  const numbers = new Map<string, number>();
  const zones: number[][] = [];
  const cells = new Uint16Array(limits.length);
  for (let cell = 0; cell < cells.length; cell += 1) {
    if (limits[cell] === 0) continue;
    const zone = layers.map((layer) => layer.cells[cell] ?? 0);
    const key = zone.join(' ');
    let number = numbers.get(key);
    if (number === undefined) {
      number = zones.push(zone);
      numbers.set(key, number);
    }
    cells[cell] = number;
  }
  return { cells, zones };
};

type Votes = Map<string, Map<number, Map<string, number>>>;

const countVotes = async (
  records: string,
  columns: readonly string[],
  lattice: Lattice,
  zoneCells: Uint16Array,
  unknownPoints: readonly { latitude: number; longitude: number }[],
): Promise<Votes> => {
  const votes: Votes = new Map(columns.map((column) => [column, new Map<number, Map<string, number>>()]));
  for await (const row of readCsv(records)) {
    const point = pointOf(row, unknownPoints);
    const zone = point === null ? 0 : (zoneCells[cellAt(lattice, point.latitude, point.longitude)] ?? 0);
    if (zone === 0) continue;
    for (const column of columns) {
      const label = row[column]?.trim() ?? '';
      if (label === '' || label === '0') continue;
      const byZone = votes.get(column);
      const counts = byZone?.get(zone) ?? new Map<string, number>();
      counts.set(label, (counts.get(label) ?? 0) + 1);
      byZone?.set(zone, counts);
    }
  }
  return votes;
};

const winner = (counts: ReadonlyMap<string, number> | undefined): string | null => {
  let best: string | null = null;
  let most = leastRecords - 1;
  for (const [label, count] of counts ?? []) {
    if (count > most) {
      best = label;
      most = count;
    }
  }
  return best;
};

/**
 * Computes a city's district grid from its boundary polygons and, for layers that have none, from the labels of
 * located records. The result holds no polygon and no record: labels by cell only.
 */
export const importDistricts = async (
  plan: ImportPlan,
  boundaries: string,
  records: string | null,
  unknownPoints: readonly { latitude: number; longitude: number }[],
): Promise<{ header: GridHeader; packed: Buffer; cells: Uint16Array }> => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(boundaries, file), 'utf8'));
  const limitAreas = readAreas(read(plan.limits.file), plan.limits.property, 0);
  const lattice = latticeOver(boxOf(limitAreas), plan.stepDegrees, borderReach + 2);
  const limits = rasterize(limitAreas, lattice);
  growInto(limits, lattice, borderReach, null);

  const layers: Layer[] = plan.layers.map(({ name, file, property, pad, names }) => {
    const areas = readAreas(read(file), property, pad, names);
    const labels = [...new Set(areas.map(({ label }) => label))].sort();
    const cells = rasterize(areas, lattice).map((index) => {
      const area = areas[index - 1];
      return area === undefined ? 0 : labels.indexOf(area.label) + 1;
    });
    growInto(cells, lattice, shoreReach, limits);
    return { name, labels, cells };
  });

  if (records !== null) {
    const corrected = plan.layers.filter((layer) => layer.correctedByRecords).map(({ name }) => name);
    const base = zonesOf(limits, layers);
    const columns = [...corrected, ...plan.fromRecords];
    const votes = await countVotes(records, columns, lattice, base.cells, unknownPoints);
    for (const name of columns) {
      const known = layers.find((layer) => layer.name === name);
      const layer: Layer = known ?? { name, labels: [], cells: new Uint16Array(limits.length) };
      if (known === undefined) layers.push(layer);
      const byZone = base.zones.map((_, at) => {
        const label = winner(votes.get(name)?.get(at + 1));
        if (label === null) return 0;
        if (!layer.labels.includes(label)) layer.labels.push(label);
        return layer.labels.indexOf(label) + 1;
      });
      layer.cells = layer.cells.map((label, cell) => byZone[(base.cells[cell] ?? 0) - 1] || label);
      growInto(layer.cells, lattice, shoreReach * 10, limits);
    }
  }

  const { cells, zones } = zonesOf(limits, layers);
  return {
    header: { lattice, layers: layers.map(({ name, labels }) => ({ name, labels })), zones },
    packed: packRuns(cells),
    cells,
  };
};
