/** What the public may read of a text. */
export const redact = (text: string): string => text;
