/** A primitive that the type checker keeps apart from others of its kind: `Brand<string, 'CaseNumber'>`. */
export type Brand<Value, Name extends string> = Value & { readonly __brand: Name };

/** Unreachable by construction; throws where a value outside the union arrives at run time. */
export const assertNever = (value: never): never => {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
};
