const suffixes: Readonly<Record<string, string>> = {
  street: 'st',
  str: 'st',
  avenue: 'ave',
  av: 'ave',
  road: 'rd',
  drive: 'dr',
  lane: 'ln',
  place: 'pl',
  court: 'ct',
  square: 'sq',
  terrace: 'ter',
  terr: 'ter',
  boulevard: 'blvd',
  parkway: 'pkwy',
  pky: 'pkwy',
  highway: 'hwy',
  circle: 'cir',
  park: 'pk',
  wharf: 'whf',
  plaza: 'plz',
  alley: 'aly',
  extension: 'ext',
  row: 'row',
  way: 'way',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  saint: 'st',
  mount: 'mt',
  massachusetts: 'massachusetts',
  mass: 'massachusetts',
  commonwealth: 'commonwealth',
  comm: 'commonwealth',
};

/** Words of a street's name in one spelling: small letters, no points or accents, short forms of street types. */
export const streetWords = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’.]/g, '')
    .replace(/[^a-z0-9/]+/g, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => suffixes[word] ?? word);

export const streetKey = (text: string): string => streetWords(text).join(' ');
