import { parseAllDocuments } from 'yaml';

/** One resource as Kubernetes would be given it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const isManifest = (value: unknown): value is Manifest =>
  typeof value === 'object' &&
  value !== null &&
  'apiVersion' in value &&
  'kind' in value &&
  'metadata' in value;

/** Documents of a YAML text, empty ones left out. @throws Error  a document is no YAML, or no resource */
export const readManifests = (text: string): Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.toJS();
    if (document.errors[0] !== undefined) throw document.errors[0];
    if (value === null) return [];
    if (!isManifest(value)) throw new Error(`no resource: ${JSON.stringify(value).slice(0, 200)}`);
    return [value];
  });

/** `Deployment/city311-intake`. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/** What lies at a path of keys and indexes; undefined where nothing does. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );

/** The list at a path; empty where there is none. */
export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The text at a path; empty where there is none. */
export const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
};

export const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

/** Whether every pair of the selector is among the labels; an empty one selects all, none at all nothing. */
export const selects = (selector: unknown, labels: unknown): boolean =>
  typeof selector === 'object' &&
  selector !== null &&
  Object.entries(selector).every(([key, value]) => at(labels, key) === value);
