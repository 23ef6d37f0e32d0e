import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../server/started-server.js';
import { figuresShape, type Figures } from './figures.js';

/** The committed figures of a city. @throws Error  there are none, or they do not fit their shape */
export const readFigures = (city: string): Figures =>
  figuresShape.parse(
    JSON.parse(readFileSync(join(projectRoot, `test/simulate/figures/${city}.json`), 'utf8')),
  );
