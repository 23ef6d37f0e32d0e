import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { City } from './city.js';
import { createGazetteer, decodeGazetteer } from './gazetteer/gazetteer.js';
import { createDistrictGrid, readGridFile } from './geo/district-grid.js';
import type { Geography } from './place/locate.js';
import { townReader } from './place/named-town.js';
import { buildCity } from './profile/build-city.js';
import { ProfileError } from './profile/faults.js';
import { cityFolder, readProfile } from './profile/read-profile.js';
import type { Profile } from './profile/schema.js';

const readGeography = (folder: string, { city }: Profile): Geography => {
  const figures = (name: string): Buffer => {
    const path = join(folder, name);
    if (existsSync(path)) return readFileSync(path);
    throw new ProfileError(city.id, [{ path: name, message: 'is missing: npm run city:import computes it' }]);
  };
  const { header, cells } = readGridFile(figures('districts.bin'));
  const { neighbors } = city.place;
  const neighborhoods = header.layers.find(({ name }) => name === 'neighborhood')?.labels ?? [];
  return {
    grid: createDistrictGrid(header, cells),
    gazetteer: createGazetteer(decodeGazetteer(figures('gazetteer.bin'))),
    cityName: city.place.city,
    neighborZips: new Set(neighbors.flatMap(({ zips }) => zips)),
    readTown: townReader({
      inside: [city.place.city, ...neighborhoods],
      neighbors: neighbors.map(({ name }) => name),
      state: city.place.state,
    }),
    unknownPoints: city.place.unknownPoints,
    bounds: city.place.bounds,
  };
};

/**
 * Reads and checks a city profile (`boston`); a fraction of a second, so do it once per process.
 * @throws ProfileError  lists every fault
 */
export const loadCity = (id: string): City => {
  const folder = cityFolder(id);
  const profile = readProfile(id, folder);
  return buildCity(profile, readGeography(folder, profile));
};
