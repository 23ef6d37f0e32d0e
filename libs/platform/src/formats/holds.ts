import { Transform } from 'class-transformer';
import { buildMessage, ValidateBy } from 'class-validator';

import type { Format } from './format.js';

export interface HoldsOptions {
  /** Null may be said as well, and stays null. */
  readonly orNull?: boolean;
}

/**
 * The member holds a text of this format. A shape read by `parse` or `faultsOf` has it in its normal form, so that
 * nothing behind the door reads it again; whatever has another form is a fault.
 */
export const Holds = (format: Format, { orNull = false }: HoldsOptions = {}): PropertyDecorator => {
  const isNull = (value: unknown): boolean => orNull && value === null;
  const normalise = Transform(({ value }: { readonly value: unknown }): unknown => {
    const reading = format.read(value);
    return 'value' in reading ? reading.value : value;
  });
  const check = ValidateBy({
    name: 'holds',
    constraints: [format],
    validator: {
      validate: (value: unknown): boolean => isNull(value) || 'value' in format.read(value),
      defaultMessage: buildMessage((_, args) => {
        const reading = format.read(args?.value);
        const fault = 'fault' in reading ? reading.fault : '';
        return orNull ? `${fault}, or null` : fault;
      }),
    },
  });
  return (target, name) => {
    normalise(target, name);
    check(target, name);
  };
};
