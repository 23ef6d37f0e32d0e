import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

import { nameOf, type Manifest } from './manifest.js';

const folder = fileURLToPath(new URL('./fixtures/', import.meta.url));

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** One thing broken in what the production values render, and a part of what its rule says to it. */
const shape = z.strictObject({
  says: z.string().min(5),
  /** The resource, `Deployment/city311-intake`; left out where only something is added. */
  in: z.string().optional(),
  /** Path in it, keys and indexes with slashes between (a slash in a key: ~1) -> the value put there; null takes away what is there. */
  set: z.record(z.string(), z.unknown()).default({}),
  /** The whole resource is taken away. */
  without: z.boolean().default(false),
  add: z.array(manifest).default([]),
});

export interface Broken {
  readonly manifests: readonly Manifest[];
  /** Of them, those that the fixture changed or added. */
  readonly changed: readonly Manifest[];
}

export interface Fixture {
  readonly name: string;
  /** The rule that must find it. */
  readonly rule: string;
  readonly says: string;
  /** @throws Error  the manifests have no such resource, or nothing at the path: the fixture broke nothing */
  readonly apply: (manifests: readonly Manifest[]) => Broken;
}

const put = (inside: unknown, [key = '', ...rest]: readonly string[], value: unknown): void => {
  if (typeof inside !== 'object' || inside === null) throw new Error(`nothing at ${key}`);
  if (rest.length > 0) put(Reflect.get(inside, key), rest, value);
  else if (value !== null) Reflect.set(inside, key, value);
  else if (!Reflect.deleteProperty(inside, key)) throw new Error(`${key} cannot be taken away`);
};

const read = (file: string): Fixture => {
  const name = basename(file, '.yaml');
  const {
    says,
    in: target,
    set,
    without,
    add,
  } = shape.parse(parse(readFileSync(`${folder}${file}`, 'utf8')));
  return {
    name,
    says,
    rule: name.split('.')[0] ?? name,
    apply: (manifests) => {
      const broken = structuredClone([...manifests]);
      const found = broken.find((one) => nameOf(one) === target);
      if (target !== undefined && found === undefined) throw new Error(`${name}: no ${target}`);
      for (const [path, value] of Object.entries(set))
        put(
          found,
          path.split('/').map((key) => key.replaceAll('~1', '/')),
          value,
        );
      return {
        manifests: [...broken.filter((one) => !(without && one === found)), ...add],
        changed: [...(found === undefined || without ? [] : [found]), ...add],
      };
    },
  };
};

export const fixtures: readonly Fixture[] = readdirSync(folder).sort().map(read);
