import { ValidateIf } from 'class-validator';

/**
 * The member may be left out. Unlike class-validator's `IsOptional` it may not be null: code behind a shape asks
 * whether a member is `undefined`, and a null that got through would be taken for a value.
 */
export const IfGiven = (): PropertyDecorator =>
  ValidateIf((_: object, value: unknown) => value !== undefined);
