import type { LabelledArea, Ring } from './geojson.js';
import type { Lattice } from './lattice.js';

const crossingsAt = (rings: readonly Ring[], latitude: number): number[] => {
  const crossings: number[] = [];
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at += 1) {
      const from = ring[at - 1];
      const to = ring[at];
      if (from === undefined || to === undefined || from[1] > latitude === to[1] > latitude) continue;
      crossings.push(from[0] + ((latitude - from[1]) / (to[1] - from[1])) * (to[0] - from[0]));
    }
  }
  return crossings.sort((a, b) => a - b);
};

/**
 * Writes 1 + the area's place in `areas` into every cell whose point lies inside it, row by row; 0 stays where no
 * area is. Where areas overlap the later one wins.
 */
export const rasterize = (areas: readonly LabelledArea[], lattice: Lattice): Uint16Array => {
  const cells = new Uint16Array(lattice.rows * lattice.columns);
  areas.forEach(({ rings }, index) => {
    const latitudes = rings.flat().map(([, latitude]) => latitude);
    const lowest = latitudes.reduce((a, b) => Math.min(a, b), 90);
    const highest = latitudes.reduce((a, b) => Math.max(a, b), -90);
    const firstRow = Math.max(0, Math.ceil((lowest - lattice.south) / lattice.latitudeStep));
    const lastRow = Math.min(lattice.rows - 1, Math.floor((highest - lattice.south) / lattice.latitudeStep));
    for (let row = firstRow; row <= lastRow; row += 1) {
      // A hair off the net, so that no vertex lies on the line.
      const crossings = crossingsAt(rings, lattice.south + row * lattice.latitudeStep + 1e-9);
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        const from = Math.ceil(((crossings[at] ?? 0) - lattice.west) / lattice.longitudeStep);
        const to = Math.floor(((crossings[at + 1] ?? 0) - lattice.west) / lattice.longitudeStep);
        if (to >= from) {
          cells.fill(
            index + 1,
            row * lattice.columns + Math.max(0, from),
            row * lattice.columns + Math.min(lattice.columns - 1, to) + 1,
          );
        }
      }
    }
  });
  return cells;
};

/**
 * Gives empty cells the value of the nearest filled one, at most `reach` steps away and only where `within` is set
 * (null: anywhere). Steps go to the four neighbours. Changes `cells`.
 */
export const growInto = (
  cells: Uint16Array,
  lattice: Lattice,
  reach: number,
  within: Uint16Array | null,
): void => {
  const { columns, rows } = lattice;
  let front: number[] = [];
  for (let cell = 0; cell < cells.length; cell += 1) if (cells[cell] !== 0) front.push(cell);
  for (let step = 0; step < reach && front.length > 0; step += 1) {
    const next: number[] = [];
    for (const cell of front) {
      const value = cells[cell] ?? 0;
      const column = cell % columns;
      const row = (cell - column) / columns;
      const visit = (neighbour: number): void => {
        if (cells[neighbour] === 0 && (within === null || within[neighbour] !== 0)) {
          cells[neighbour] = value;
          next.push(neighbour);
        }
      };
      if (column > 0) visit(cell - 1);
      if (column < columns - 1) visit(cell + 1);
      if (row > 0) visit(cell - columns);
      if (row < rows - 1) visit(cell + columns);
    }
    front = next;
  }
};
