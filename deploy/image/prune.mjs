/**
 * Leaves what a service reads while it runs: `node prune.mjs <folder>`. Own projects keep package.json and dist;
 * packages lose types, source maps, sources, documents, builds for browsers and binaries of other machines.
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const [root = ''] = process.argv.slice(2);
if (!existsSync(join(root, 'node_modules'))) throw new Error(`no installation here: ${root}`);

const remove = (path) => rmSync(path, { recursive: true, force: true });
const inside = (folder) => readdirSync(folder).map((name) => join(folder, name));
const isFolder = (path) => lstatSync(path).isDirectory();
const foldersIn = (folder) => inside(folder).filter(isFolder);
const filesUnder = (folder) => inside(folder).flatMap((path) => (isFolder(path) ? filesUnder(path) : [path]));

const notRun = ['libs/testing', 'libs/lint', 'test', 'package-lock.json', '.npmrc'];
const projectParts = new Set(['package.json', 'dist', 'web']);

/** Parts of packages that nothing here imports: sources, and the same code again for browsers or older bundlers. */
const unusedParts = [
  'better-sqlite3/deps',
  'better-sqlite3/src',
  'better-sqlite3/node_modules',
  'class-transformer/bundles',
  'class-transformer/esm5',
  'class-validator/bundles',
  'class-validator/esm5',
  'libphonenumber-js/bundle',
  'libphonenumber-js/es6-modern',
  'libphonenumber-js/source',
  'rxjs/dist/bundles',
  'rxjs/dist/esm5',
  'rxjs/src',
  'zod/src',
];
const developersFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'example',
  'examples',
  'docs',
  'benchmarks',
]);
const developersFile = /\.(?:map|[cm]?ts|md|markdown|flow|tsbuildinfo|gypi?|cc|cpp|h|hpp)$/;

const { glibcVersionRuntime } = process.report.getReport().header;
const ownBinary = `${process.platform}${glibcVersionRuntime === undefined ? 'musl' : ''}-${process.arch}.node`;
const isOthersBinary = (file) =>
  /prebuilds/.test(file) && file.endsWith('.node') && basename(file) !== ownBinary;

/** Packages of a node_modules folder, those inside of packages too. */
const packagesIn = (modules) =>
  foldersIn(modules)
    .flatMap((path) => (basename(path).startsWith('@') ? foldersIn(path) : [path]))
    .flatMap((path) => [
      path,
      ...(existsSync(join(path, 'node_modules')) ? packagesIn(join(path, 'node_modules')) : []),
    ]);

for (const path of notRun) remove(join(root, path));
for (const project of ['libs', 'libs/domain', 'services'].flatMap((room) => foldersIn(join(root, room)))) {
  if (!existsSync(join(project, 'package.json'))) continue;
  for (const path of inside(project)) if (!projectParts.has(basename(path))) remove(path);
  for (const file of filesUnder(project)) if (/\.(?:[cm]?ts|md)$/.test(file)) remove(file);
}

const modules = join(root, 'node_modules');
for (const part of unusedParts) remove(join(modules, part));
for (const folder of packagesIn(modules)) {
  for (const path of foldersIn(folder)) if (developersFolders.has(basename(path))) remove(path);
}
for (const file of filesUnder(modules)) {
  if (isOthersBinary(file) || (developersFile.test(file) && !/licen[cs]e/i.test(basename(file))))
    remove(file);
}
for (const link of inside(join(modules, '@city311'))) if (!existsSync(link)) remove(link);
