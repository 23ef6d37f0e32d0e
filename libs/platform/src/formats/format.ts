/** A text from outside in its normal form, or a fault: a phrase that follows the member's name and shows the right form. */
export type FormReading = { readonly value: string } | { readonly fault: string };

/**
 * One kind of text that has a form. Every door that takes one reads it here, so that no two parts of the system
 * disagree about what it says. FormReading is pure, takes anything, never throws; a normal form reads as itself.
 */
export interface Format {
  /** In kebab-case. */
  readonly name: string;
  readonly read: (given: unknown) => FormReading;
}

/** The normal form, or null where the format does not know it. */
export const normalForm = (format: Format, given: unknown): string | null => {
  const reading = format.read(given);
  return 'value' in reading ? reading.value : null;
};
