import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { metresBetween } from './geo/lattice.js';
import { plainLabel } from './import/check-districts.js';
import { pointOf, readCsv } from './import/records.js';
import { loadCity } from './load-city.js';
import { decideRoute } from './routing/routing-engine.js';

const folder = process.env['CITY_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const records = join(folder, 'boston-311-sample.csv.gz');
const present = existsSync(records);
/** The file is long; its first part holds every kind of request of half a year. */
const rows = 30_000;
const every = 3;

if (!present) process.stderr.write(`no city records in ${folder}: the grid was not compared with them\n`);

(present ? describe : describe.skip)("Boston's figures against its records", () => {
  const city = loadCity('boston');
  const shares: Record<string, number> = {};
  let offBy: number[] = [];

  beforeAll(async () => {
    const counts: Record<string, [number, number]> = {};
    const count = (name: string, good: boolean): void => {
      const [same, all] = counts[name] ?? [0, 0];
      counts[name] = [same + (good ? 1 : 0), all + 1];
    };
    let at = 0;
    for await (const row of readCsv(records)) {
      at += 1;
      if (at > rows) break;
      if (at % every !== 0) continue;
      const point = pointOf(row, [{ latitude: 42.3594, longitude: -71.0587 }]);
      const place = city.locate({ ...point, address: row['location'] });
      const answer = decideRoute({
        city,
        serviceCode: `${row['subject']}:${row['reason']}:${row['type']}`,
        place,
        openedAt: city.clock.fromLocal(row['open_dt'] ?? ''),
        emergencyWords: [],
        openCasesNearby: [],
      });
      count('department', answer.departmentId === row['department']);
      if (point === null) continue;
      count('inside', !place.outsideCity);
      for (const layer of [
        'fire_district',
        'pwd_district',
        'police_district',
        'ward',
        'precinct',
        'neighborhood',
      ]) {
        const label = plainLabel(layer, row[layer]);
        if (label !== '') count(layer, place.districts[layer] === label);
      }
      if ((row['location'] ?? '').trim() === '') continue;
      const { latitude, longitude } = city.locate({ address: row['location'] });
      count('address', latitude !== undefined);
      if (latitude !== undefined && longitude !== undefined) {
        offBy.push(metresBetween({ latitude, longitude }, point));
      }
    }
    for (const [name, [same, all]] of Object.entries(counts)) shares[name] = same / all;
    offBy = offBy.sort((a, b) => a - b);
  }, 60_000);

  it('find nearly every located record inside the city', () => {
    expect(shares['inside']).toBeGreaterThan(0.999);
  });

  it('agree with the labels of districts', () => {
    for (const layer of ['fire_district', 'pwd_district', 'police_district', 'ward']) {
      expect([layer, (shares[layer] ?? 0) > 0.98]).toEqual([layer, true]);
    }
    expect(shares['precinct']).toBeGreaterThan(0.93);
    expect(shares['neighborhood']).toBeGreaterThan(0.93);
  });

  it('find an address within a house or two', () => {
    expect(shares['address']).toBeGreaterThan(0.98);
    expect(offBy[Math.floor(offBy.length / 2)]).toBeLessThan(30);
  });

  it('name the department that the city had named', () => {
    expect(shares['department']).toBeGreaterThan(0.93);
  });
});
