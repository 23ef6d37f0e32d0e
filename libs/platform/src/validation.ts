import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

import { excessOf } from './extent.js';
import { problem, type Fault } from './problem.js';

const flatten = (errors: readonly ValidationError[], path: string): Fault[] =>
  errors.flatMap((error) => {
    const here = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ path: here, message }));
    return [...own, ...flatten(error.children ?? [], here)];
  });

/**
 * What no rule of a shape can see. Members named like what every object inherits (`__proto__`, `constructor`) pass
 * the whitelist unseen, or make the transformation throw; no shape has members of such names. Half a surrogate pair
 * makes some rules throw. A list passes as a list's item where an object is due; no shape has lists of lists.
 */
const unseenFaults = (value: unknown, path: string): Fault[] => {
  if (typeof value === 'string')
    return value.isWellFormed() ? [] : [{ path, message: 'must be well-formed Unicode' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(value) && Array.isArray(member)) return [{ path: here, message: 'must not be a list' }];
    return name in Object.prototype
      ? [{ path: here, message: `property ${name} should not exist` }]
      : unseenFaults(member, here);
  });
};

/** A copy without them, which the rules can bear. */
const bearable = (value: unknown): unknown => {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(bearable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      name in Object.prototype ? [] : [[name, bearable(member)]],
    ),
  );
};

/** A value read by a shape. */
export interface Reading<Shape> {
  readonly value: Shape;
  /** In the order in which they were found, all of them; `problem` tells the first. */
  readonly faults: readonly Fault[];
  /** False where `value` says nothing of what was sent: that is no object, or there is too much in it. */
  readonly isRead: boolean;
}

/**
 * Faults of `value` against the class-validator rules of `shape`; unknown members are faults too. Where it holds more
 * than `extent` allows, that is its only fault: the rules take time in the square of what they are given.
 */
export const faultsOf = <Shape extends object>(
  shape: ClassConstructor<Shape>,
  value: unknown,
): Reading<Shape> => {
  const unread = (fault: Fault): Reading<Shape> => ({ value: new shape(), faults: [fault], isRead: false });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return unread({ path: '', message: 'must be a JSON object' });
  const excess = excessOf(value);
  if (excess !== null) return unread(excess);
  const unseen = unseenFaults(value, '');
  const instance = plainToInstance(shape, unseen.length === 0 ? value : bearable(value));
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: false,
  });
  const told = new Set(unseen.map(({ path }) => path));
  return {
    value: instance,
    faults: [...flatten(errors, '').filter(({ path }) => !told.has(path)), ...unseen],
    isRead: true,
  };
};

/**
 * The value as `shape`, checked.
 * @throws ProblemException  400 with its faults
 */
export const parse = <Shape extends object>(shape: ClassConstructor<Shape>, value: unknown): Shape => {
  const { value: instance, faults } = faultsOf(shape, value);
  if (faults.length > 0) throw problem(400, 'invalid', 'The request has faults', { faults });
  return instance;
};

/**
 * For a door that takes no body; an empty one is none.
 * @throws ProblemException  400 that names what was sent
 */
export const parseNothing = (value: unknown): void => {
  if (value === undefined || value === null) return;
  const faults =
    typeof value !== 'object' || Array.isArray(value)
      ? [{ path: '', message: 'must be empty: this door takes no body' }]
      : Object.keys(value).map((name) => ({ path: name, message: `property ${name} should not exist` }));
  if (faults.length > 0) throw problem(400, 'invalid', 'The request has faults', { faults });
};
