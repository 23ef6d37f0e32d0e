import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ClassConstructor } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';

import type { Format } from '@city311/platform';

import { projectRoot } from '../server/project-root.js';

const services = join(projectRoot, 'services');

const isCode = (file: string): boolean =>
  /^[^/]+\/src\/.*\.ts$/.test(file) && !/spec|\.examples\.ts$/.test(file) && !file.includes('/node_modules/');

const codeFiles = readdirSync(services, { recursive: true, encoding: 'utf8' }).filter(isCode);

/** Files of services that declare what comes from outside, relative to `services/`. */
export const shapeFiles: readonly string[] = codeFiles.filter((file) => file.endsWith('.dto.ts'));

/** Files of services that hold rules of class-validator although their name does not say so. */
export const strayShapeFiles: readonly string[] = codeFiles.filter(
  (file) =>
    !file.endsWith('.dto.ts') && /from 'class-validator'/.test(readFileSync(join(services, file), 'utf8')),
);

/** One member of a shape. */
export interface Member {
  readonly name: string;
  /** What it holds, where it has a form. */
  readonly format: Format | null;
  /** Names of the rules on it. */
  readonly rules: readonly string[];
}

const isFormat = (value: unknown): value is Format =>
  typeof value === 'object' && value !== null && 'read' in value && 'name' in value;

/** Members of a shape with their rules, inherited ones among them. */
export const membersOf = (shape: ClassConstructor<object>): readonly Member[] => {
  const rules = getMetadataStorage().getTargetValidationMetadatas(shape, '', true, false);
  const byName = Map.groupBy(rules, ({ propertyName }) => propertyName);
  return [...byName].map(([name, own]) => ({
    name,
    format:
      own.flatMap(({ constraints }: { constraints?: unknown[] }) => constraints ?? []).find(isFormat) ?? null,
    rules: own.map((rule) => rule.name ?? rule.type),
  }));
};

const isShape = (value: unknown): value is ClassConstructor<object> =>
  typeof value === 'function' && membersOf(value as ClassConstructor<object>).length > 0;

/** Every shape that a file of shapes exports, by file and name. */
export const loadShapes = async (): Promise<ReadonlyMap<string, ClassConstructor<object>>> => {
  const shapes = new Map<string, ClassConstructor<object>>();
  for (const file of shapeFiles) {
    const module = (await import(join(services, file))) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(module))
      if (isShape(value)) shapes.set(`${file} ${name}`, value);
  }
  return shapes;
};

/** Names of what has a form: whoever names a member so means an instant, a day, a phone, an address or a name. */
const suspicious: readonly RegExp[] = [
  /(?:At|On|Date|Day|Time|Instant|Since|Until|Before|After|For)$/,
  /^(?:at|on|when|time|date|day|from|to|since|until|before|after|due|asOf|start|end|deadline|birthday)$/i,
  /phone|mobile|cell|^tel|^fax|sms/i,
  /mail/i,
  /^(?:first|last|full|given|family|middle|sur|nick)?-?_?name$/i,
];

/** Whether a member's name says that it has a form. */
export const looksFormed = (name: string): boolean => suspicious.some((pattern) => pattern.test(name));
