import { streetWords } from '../gazetteer/street-names.js';

/** What the words after the street say of the city. */
export type TownVote =
  { readonly kind: 'none' } | { readonly kind: 'inside' | 'neighbor' | 'elsewhere'; readonly name: string };

export interface TownNames {
  /** The city's own name and those of its neighborhoods. */
  readonly inside: readonly string[];
  readonly neighbors: readonly string[];
  /** Two letters: `MA`. */
  readonly state: string;
}

/**
 * The town or state that the words end in, or nothing. A neighborhood goes before a neighbor of the same name.
 * @param locality  as written after a comma or a wide gap, state of the city left out
 * @param rest      words that stood behind the street's name without any comma
 */
export type ReadTown = (locality: string, rest: readonly string[]) => TownVote;

const states = new Set(
  (
    'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA ' +
    'RI SC SD TN TX UT VT VA WA WV WI WY'
  ).split(' '),
);

const none: TownVote = { kind: 'none' };

export const townReader = ({ inside, neighbors, state }: TownNames): ReadTown => {
  const known = new Map<string, TownVote>();
  for (const name of neighbors) known.set(streetWords(name).join(' '), { kind: 'neighbor', name });
  for (const name of inside) known.set(streetWords(name).join(' '), { kind: 'inside', name });
  const longest = Math.max(0, ...[...known.keys()].map((name) => name.split(' ').length));
  const ownState = state.toLowerCase();
  const endOf = (written: readonly string[]): TownVote | undefined => {
    const words = written.at(-1) === ownState ? written.slice(0, -1) : written;
    for (let count = Math.min(longest, words.length); count > 0; count -= 1) {
      const found = known.get(words.slice(-count).join(' '));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (locality, rest) => {
    const last = locality.trim().split(' ').at(-1) ?? '';
    if (last !== state && states.has(last)) return { kind: 'elsewhere', name: last };
    return (locality === '' ? undefined : endOf(streetWords(locality))) ?? endOf(rest) ?? none;
  };
};
