import { describe, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';

import { findHelm, type Helm } from './helm.js';

export const chart = fileURLToPath(new URL('../../charts/city311', import.meta.url));

/** Helm's options for files of values that the chart has. */
export const values = (...names: readonly string[]): string[] =>
  names.flatMap((name) => ['-f', `${chart}/values-${name}.yaml`]);

export const helm = await findHelm();

/** A suite that needs helm; where there is none it counts as skipped. */
export const suite = (title: string, body: (helm: Helm) => void): void => {
  if (helm === null) describe.skip(title, () => it('needs helm', () => undefined));
  else
    describe(title, () => {
      body(helm);
    });
};
