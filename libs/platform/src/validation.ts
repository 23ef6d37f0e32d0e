import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

import { problem, type Fault } from './problem.js';

const flatten = (errors: readonly ValidationError[], path: string): Fault[] =>
  errors.flatMap((error) => {
    const here = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ path: here, message }));
    return [...own, ...flatten(error.children ?? [], here)];
  });

/**
 * Members named like what every object inherits (`__proto__`, `constructor`, `toString`): neither whitelist nor
 * transformation sees them, so they are looked for here. No shape has members of such names.
 */
const inheritedNames = (value: unknown, path: string): Fault[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return name in Object.prototype
      ? [{ path: here, message: `property ${name} should not exist` }]
      : inheritedNames(member, here);
  });
};

/** Faults of `value` against the class-validator rules of `shape`; unknown members are faults too. */
export const faultsOf = <Shape extends object>(
  shape: ClassConstructor<Shape>,
  value: unknown,
): { readonly value: Shape; readonly faults: readonly Fault[] } => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { value: new shape(), faults: [{ path: '', message: 'must be a JSON object' }] };
  }
  const instance = plainToInstance(shape, value);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: false,
  });
  const inherited = inheritedNames(value, '');
  if (inherited.length === 0) return { value: instance, faults: flatten(errors, '') };
  const told = new Set(inherited.map(({ path }) => path));
  return {
    value: instance,
    faults: [...flatten(errors, '').filter(({ path }) => !told.has(path)), ...inherited],
  };
};

/**
 * The value as `shape`, checked.
 * @throws ProblemException  400 with every fault
 */
export const parse = <Shape extends object>(shape: ClassConstructor<Shape>, value: unknown): Shape => {
  const { value: instance, faults } = faultsOf(shape, value);
  if (faults.length > 0) throw problem(400, 'invalid', 'The request has faults', { faults });
  return instance;
};
