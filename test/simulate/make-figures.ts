import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readFileRows } from '../replay/read-rows.js';
import { projectRoot } from '../server/started-server.js';
import { countFigures } from './count-figures.js';

/** Blocks of the sample file that hold every type of request. */
const everyType = new Set(['A-2011H2', 'D-sample2015-2024']);

const [from] = process.argv.slice(2);
if (from === undefined) {
  process.stderr.write('usage: node test/dist/simulate/make-figures.js <csv|csv.gz>\n');
  process.exit(2);
}
const figures = await countFigures(readFileRows(from), everyType);
writeFileSync(join(projectRoot, 'test/simulate/figures/boston.json'), `${JSON.stringify(figures)}\n`);
process.stdout.write(`${figures.services.length} types, ${figures.places.cells.length} cells\n`);
