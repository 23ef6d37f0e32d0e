/** What a writer's ZIP code says of the city. */
export type ZipVote =
  | { readonly kind: 'none' }
  /** Something stands there that is no ZIP code: it says nothing. */
  | { readonly kind: 'not-understood' }
  | { readonly kind: 'inside' | 'neighbor' | 'elsewhere'; readonly zip: string };

export interface KnownZips {
  readonly inside: ReadonlySet<string>;
  readonly neighbors: ReadonlySet<string>;
}

/** Numbers that no post office has; people type them where they must type something. */
const madeUp = new Set(['00000', '12345', '99999']);

const withState = /^(?:[A-Za-z][A-Za-z .,]*\s)?/.source;
const fiveDigits = new RegExp(`${withState}(\\d{5})(?:[-–\\s]?\\d{4})?$`);
/** A spreadsheet took the zero in front: four digits, or eight with the four that may follow. */
const zeroLost = new RegExp(`${withState}(\\d{4})(?:[-–\\s]?\\d{4})?$`);

/**
 * Reads a ZIP code as people and spreadsheets write it: `02116`, `02116-1234`, `MA 02116`, `021161234`, and `2116`, whose
 * zero was lost, where that makes a code of the city or its neighbors. Anything else, `N/A` or `00000`, says nothing.
 */
export const readZip = (written: string | undefined, { inside, neighbors }: KnownZips): ZipVote => {
  const text = written?.normalize('NFKC').trim() ?? '';
  if (text === '') return { kind: 'none' };
  const whole = fiveDigits.exec(text)?.[1];
  const short = zeroLost.exec(text)?.[1];
  for (const zip of [whole, short === undefined ? undefined : `0${short}`]) {
    if (zip !== undefined && inside.has(zip)) return { kind: 'inside', zip };
    if (zip !== undefined && neighbors.has(zip)) return { kind: 'neighbor', zip };
  }
  return whole === undefined || madeUp.has(whole)
    ? { kind: 'not-understood' }
    : { kind: 'elsewhere', zip: whole };
};
