import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { nameOf, type Manifest } from './manifest.js';
import { kindOf } from './models.js';
import { runProgram } from './run-program.js';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const compiler = join(modules, 'typescript/bin/tsc');
const here = fileURLToPath(new URL('.', import.meta.url));

const compilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  module: 'esnext',
  moduleResolution: 'bundler',
  target: 'es2022',
  lib: ['es2022'],
  types: [],
};

const declaredIn = (from: string): string => (from.startsWith('./') ? join(here, from) : join(modules, from));

const asSource = (manifest: Manifest, from: string): string =>
  `import type { I${manifest.kind} as Kind } from ${JSON.stringify(`${declaredIn(from)}.js`)};\n` +
  `export const manifest: Kind = ${JSON.stringify(manifest)};\n`;

/**
 * Fields that no version of the kind has, fields that are missing, and values of a wrong type. The schemas of the
 * models let unknown fields pass; the compiler does not, when the manifest is written out as a value of its kind.
 */
export const typeFaults = async (manifests: readonly Manifest[]): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'city311-manifests-'));
  try {
    const known = manifests.flatMap((manifest) => {
      const kind = kindOf(manifest);
      return kind === undefined ? [] : [{ manifest, source: asSource(manifest, kind.from) }];
    });
    await Promise.all(
      known.map(({ source }, index) => writeFile(join(folder, `${String(index)}.ts`), source)),
    );
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: known.map((_, index) => `${String(index)}.ts`) }),
    );
    const { ok, stdout, stderr } = await runProgram(process.execPath, [
      compiler,
      '-p',
      folder,
      '--pretty',
      'false',
    ]);
    const faults = stdout.split('\n').flatMap((line) => {
      const [, index, said] = /(\d+)\.ts\(\d+,\d+\): error (.*)$/.exec(line) ?? [];
      const of = known[Number(index)];
      return of === undefined || said === undefined ? [] : [`${nameOf(of.manifest)}: ${said}`];
    });
    if (!ok && faults.length === 0) throw new Error(`the manifests could not be checked: ${stdout}${stderr}`);
    return faults;
  } finally {
    await rm(folder, { recursive: true });
  }
};
