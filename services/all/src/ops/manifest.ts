import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

export const manifestFile = 'manifest.json';
const format = 1;

const schema = z.object({
  format: z.literal(format),
  madeAt: z.iso.datetime(),
  /** In the order in which they were copied. */
  files: z.array(z.object({ name: z.string(), bytes: z.int().min(0), sha256: z.string().length(64) })),
  events: z.int().min(0),
  newestEvent: z.iso.datetime().nullable(),
  categories: z.array(z.object({ category: z.string(), streams: z.int(), events: z.int() })),
  erasures: z.int().min(0),
  hasMasterKey: z.boolean(),
});

/** What a backup holds. It is written last: a folder without one is no backup. */
export type Manifest = z.infer<typeof schema>;
export type ManifestFile = Manifest['files'][number];

export const manifestFormat: typeof format = format;

export const describeFile = async (folder: string, name: string): Promise<ManifestFile> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name, bytes, sha256: hash.digest('hex') };
};

export const writeManifest = async (folder: string, manifest: Manifest): Promise<void> => {
  const draft = join(folder, `${manifestFile}.draft`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, manifestFile));
};

const isPlainName = (name: string): boolean => /^[a-z0-9][a-z0-9./-]*$/i.test(name) && !name.includes('..');

/** What is wrong with the files of a backup; empty where they are as they were made. */
const faultsOf = async (folder: string, { files }: Manifest): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const { name, bytes, sha256 } of files) {
    const path = join(folder, name);
    if (!isPlainName(name)) faults.push(`${name} is no name of a file in a backup`);
    else if (!existsSync(path)) faults.push(`${name} is missing`);
    else if ((await stat(path)).size !== bytes)
      faults.push(`${name} has ${(await stat(path)).size} bytes, not ${bytes}`);
    else if ((await describeFile(folder, name)).sha256 !== sha256)
      faults.push(`${name} was changed or damaged`);
  }
  return faults;
};

/**
 * The manifest of a backup, once every file has been found to be as it was made.
 * @throws RangeError  no backup, one that broke off, or damaged: lists every fault
 */
export const checkBackup = async (folder: string): Promise<Manifest> => {
  const path = join(folder, manifestFile);
  if (!existsSync(path))
    throw new RangeError(`${folder} is no backup: ${manifestFile} is missing, or making it broke off`);
  const parsed = schema.safeParse(await jsonOf(path));
  if (!parsed.success)
    throw new RangeError(
      `${path} cannot be read:\n${parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n')}`,
    );
  const faults = await faultsOf(folder, parsed.data);
  if (faults.length > 0)
    throw new RangeError(
      `the backup in ${folder} is damaged:\n${faults.map((one) => `  ${one}`).join('\n')}`,
    );
  return parsed.data;
};

const jsonOf = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
};
