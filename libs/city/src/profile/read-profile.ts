import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkProfile } from './checks.js';
import type { ProfileFault } from './faults.js';
import { ProfileError } from './faults.js';
import type { Profile } from './schema.js';
import { profileFiles } from './schema.js';

/** Folder of a city's data, beside the sources of this package; the same from `src` and from `dist`. */
export const cityFolder = (id: string): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const cities = join(folder, 'cities');
    if (existsSync(cities)) return join(cities, id);
    if (folder === dirname(folder)) throw new Error('the cities folder is missing from this installation');
  }
};

const readJson = (path: string): { readonly value: unknown } | { readonly problem: string } => {
  try {
    return { value: JSON.parse(readFileSync(path, 'utf8')) };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
};

const dotted = (file: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    file,
  );

/**
 * Parses raw files (`{ city: {...}, calendar: {...}, ... }`) into a profile.
 * @throws ProfileError  lists every fault of every file and between them
 */
export const parseProfile = (id: string, raw: Readonly<Record<string, unknown>>): Profile => {
  const faults: ProfileFault[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(profileFiles)) {
    const result = schema.safeParse(raw[name]);
    if (result.success) parsed[name] = result.data;
    else {
      for (const { path, message } of result.error.issues) faults.push({ path: dotted(name, path), message });
    }
  }
  if (faults.length > 0) throw new ProfileError(id, faults);
  const profile = parsed as Profile;
  const misfits = checkProfile(profile);
  if (misfits.length > 0) throw new ProfileError(id, misfits);
  return profile;
};

/** @throws ProfileError  a file is missing, is no JSON, or has faults */
export const readProfile = (id: string, folder: string = cityFolder(id)): Profile => {
  const raw: Record<string, unknown> = {};
  const unread: ProfileFault[] = [];
  for (const name of Object.keys(profileFiles)) {
    const result = readJson(join(folder, `${name}.json`));
    if ('value' in result) raw[name] = result.value;
    else unread.push({ path: `${name}.json`, message: result.problem });
  }
  if (unread.length > 0) throw new ProfileError(id, unread);
  return parseProfile(id, raw);
};
