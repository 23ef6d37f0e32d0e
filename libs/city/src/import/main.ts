import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createDistrictGrid } from '../geo/district-grid.js';
import { cityFolder, readProfile } from '../profile/read-profile.js';
import { readArguments } from './arguments.js';
import { checkDistricts } from './check-districts.js';
import { checkGazetteer } from './check-gazetteer.js';
import { importDistricts } from './import-districts.js';
import { importFigures } from './import-figures.js';
import { importGazetteer, packGazetteer } from './import-gazetteer.js';
import { importPlan } from './plan.js';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const run = async (): Promise<void> => {
  const wanted = readArguments(process.argv.slice(2));
  const folder = cityFolder(wanted.city);
  const profile = readProfile(wanted.city);
  const { unknownPoints } = profile.city.place;
  const plan = importPlan.parse(JSON.parse(readFileSync(join(folder, 'import.json'), 'utf8')));

  if (wanted.boundaries !== null) {
    const { header, packed, cells } = await importDistricts(
      plan,
      wanted.boundaries,
      wanted.records,
      unknownPoints,
    );
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    const file = Buffer.concat([length, json, packed]);
    writeFileSync(join(folder, 'districts.bin'), file);
    say(`districts.bin: ${file.length} bytes, ${header.zones.length} zones, ${cells.length} cells`);
    if (wanted.records !== null) {
      const grid = createDistrictGrid(header, cells);
      for (const line of await checkDistricts(grid, wanted.records, unknownPoints)) say(line);
    }
  }

  if (wanted.addresses !== null) {
    const { bounds } = profile.city.place;
    const sources = { addresses: wanted.addresses, intersections: wanted.intersections, origin: bounds };
    const gazetteer = await importGazetteer(sources);
    const file = packGazetteer(gazetteer);
    writeFileSync(join(folder, 'gazetteer.bin'), file);
    say(
      `gazetteer.bin: ${file.length} bytes, ${gazetteer.streets.length} streets, ` +
        `${gazetteer.corners.length} corners`,
    );
    say(await checkGazetteer(sources));
  }

  if (wanted.records !== null) {
    const codes = profile.catalogue.services.map(({ code }) => code);
    const figures = await importFigures(
      wanted.records,
      codes,
      profile.city.channels,
      unknownPoints,
      plan.evenSample,
    );
    const json = `${JSON.stringify(figures)}\n`;
    writeFileSync(join(folder, 'figures.json'), json);
    say(`figures.json: ${json.length} bytes, ${figures.places.cells.length} places`);
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
