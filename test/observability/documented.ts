import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../server/started-server.js';

export const observabilityFolder = join(projectRoot, 'deploy/observability');

export const readObservability = (file: string): string =>
  readFileSync(join(observabilityFolder, file), 'utf8');

export const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(observabilityFolder, folder)).sort();

export interface DocumentedMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

/** The table of README.md. */
export const documentedMetrics = (): readonly DocumentedMetric[] =>
  [...readObservability('README.md').matchAll(/^\| `(city311_\w+)`\s*\| (\w+)\s*\| ([^|]*)\|/gm)].map(
    ([, name = '', kind = '', labels = '']) => ({
      name,
      kind,
      labels: labels.trim() === '-' ? [] : labels.split(',').map((each) => each.trim()),
    }),
  );
