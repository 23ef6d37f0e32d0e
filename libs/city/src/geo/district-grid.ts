import type { Districts } from '@city311/kernel';

import type { Lattice } from './lattice.js';
import { cellAt } from './lattice.js';
import { unpackRuns } from './run-lengths.js';

/** What stands before the cells in a grid file. */
export interface GridHeader {
  readonly lattice: Lattice;
  /** Layer names, and for each its labels. */
  readonly layers: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Each zone: for every layer 1 + the place of its label, 0 for none. Zone 0 of the cells is outside the city. */
  readonly zones: readonly (readonly number[])[];
}

/** What is known of a spot by its coordinates alone. */
export interface Spot {
  readonly districts: Districts;
  readonly zip: string | null;
}

/** A city's districts by coordinates: one read of an array, some ten metres sharp at borders. */
export interface DistrictGrid {
  /** Null outside the city. */
  at(latitude: number, longitude: number): Spot | null;
  readonly layers: readonly string[];
  readonly zips: ReadonlySet<string>;
}

/** Layer that holds ZIP codes; it is no district. */
export const zipLayer = 'zip';

/** File layout: header length (4 bytes, little endian), header as JSON, packed cells. */
export const readGridFile = (file: Buffer): { header: GridHeader; cells: Uint16Array } => {
  const headerEnd = 4 + file.readUInt32LE(0);
  const header = JSON.parse(file.toString('utf8', 4, headerEnd)) as GridHeader;
  return {
    header,
    cells: unpackRuns(file.subarray(headerEnd), header.lattice.rows * header.lattice.columns),
  };
};

export const createDistrictGrid = (header: GridHeader, cells: Uint16Array): DistrictGrid => {
  const { lattice, layers } = header;
  const spots = header.zones.map((zone): Spot => {
    const districts: Record<string, string> = {};
    let zip: string | null = null;
    layers.forEach(({ name, labels }, at) => {
      const label = labels[(zone[at] ?? 0) - 1];
      if (label === undefined) return;
      if (name === zipLayer) zip = label;
      else districts[name] = label;
    });
    return Object.freeze({ districts: Object.freeze(districts), zip });
  });
  return {
    at(latitude, longitude) {
      const cell = cellAt(lattice, latitude, longitude);
      const zone = cell < 0 ? 0 : (cells[cell] ?? 0);
      return zone === 0 ? null : (spots[zone - 1] ?? null);
    },
    layers: layers.map(({ name }) => name).filter((name) => name !== zipLayer),
    zips: new Set(layers.find(({ name }) => name === zipLayer)?.labels ?? []),
  };
};
