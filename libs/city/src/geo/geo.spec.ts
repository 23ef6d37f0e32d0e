import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createDistrictGrid } from './district-grid.js';
import { readAreas } from './geojson.js';
import { cellAt, latticeOver } from './lattice.js';
import { growInto, rasterize } from './rasterize.js';
import { packRuns, unpackRuns } from './run-lengths.js';

const box = (west: number, south: number, east: number, north: number): number[][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const collection = (features: readonly object[]): unknown => ({ type: 'FeatureCollection', features });
const feature = (name: string, rings: readonly number[][][]): object => ({
  properties: { name },
  geometry: { type: 'Polygon', coordinates: rings },
});
const lattice = latticeOver({ south: 0, west: 0, north: 0.01, east: 0.01 }, 0.001, 0);

describe('rasterize', () => {
  const areas = readAreas(
    collection([
      feature('west', [box(-0.0005, -0.0005, 0.0045, 0.0105), box(0.0015, 0.0015, 0.0025, 0.0025)]),
      feature('east', [box(0.0045, -0.0005, 0.0105, 0.0105)]),
    ]),
    'name',
    0,
  );

  it('fills each area, and leaves its holes', () => {
    const cells = rasterize(areas, lattice);
    expect(cells[cellAt(lattice, 0.005, 0.003)]).toBe(1);
    expect(cells[cellAt(lattice, 0.005, 0.008)]).toBe(2);
    expect(cells[cellAt(lattice, 0.002, 0.002)]).toBe(0);
  });

  it('lets neighbours grow into what is empty, no further than told', () => {
    const cells = rasterize(areas.slice(0, 1), lattice);
    growInto(cells, lattice, 2, null);
    expect(cells[cellAt(lattice, 0.002, 0.002)]).toBe(1);
    expect(cells[cellAt(lattice, 0.005, 0.006)]).toBe(1);
    expect(cells[cellAt(lattice, 0.005, 0.007)]).toBe(0);
  });
});

describe('readAreas', () => {
  it('names the feature whose property is missing', () => {
    expect(() => readAreas(collection([feature('a', [box(0, 0, 1, 1)])]), 'ward', 2)).toThrow(
      'feature 0 has no property ward',
    );
  });

  it('refuses what is no collection of polygons', () => {
    expect(() => readAreas({ type: 'Point' }, 'name', 0)).toThrow(RangeError);
  });
});

describe('packed runs', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 500 })), { maxLength: 40 }),
        (runs) => {
          const values = Uint16Array.from(
            runs.flatMap(([value, length]) => Array<number>(length).fill(value)),
          );
          expect(unpackRuns(packRuns(values), values.length)).toEqual(values);
        },
      ),
    );
  });

  it('are refused where they do not fit', () => {
    const packed = packRuns(Uint16Array.from([1, 1, 2]));
    expect(() => unpackRuns(packed, 2)).toThrow(RangeError);
    expect(() => unpackRuns(packed, 4)).toThrow(RangeError);
  });
});

describe('the district grid', () => {
  it('answers labels by layer inside the city and nothing outside', () => {
    const cells = new Uint16Array(lattice.rows * lattice.columns);
    cells[cellAt(lattice, 0.005, 0.005)] = 1;
    const grid = createDistrictGrid(
      {
        lattice,
        layers: [
          { name: 'ward', labels: ['01', '02'] },
          { name: 'zip', labels: ['02118'] },
        ],
        zones: [[2, 1]],
      },
      cells,
    );
    expect(grid.at(0.0051, 0.0049)).toEqual({ districts: { ward: '02' }, zip: '02118' });
    expect(grid.at(0.001, 0.001)).toBeNull();
    expect(grid.at(Number.NaN, 0)).toBeNull();
    expect(grid.at(50, 0)).toBeNull();
  });
});
