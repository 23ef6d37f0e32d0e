const protectedText = /\bp1\.([\w-]{12})\.[\w-]+/g;

/** Data of an event as operators may see it: what a person wrote is named by its key, never shown. */
export const masked = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replace(protectedText, '[protected, key $1]');
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member)]));
};

const told = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '' && !value.startsWith('[protected')) ||
  typeof value === 'number' ||
  typeof value === 'boolean';

const longest = 160;

/** Plain members of an event's data on one line, without the case number and instants that stand beside it anyway. */
export const inShort = (data: unknown): string => {
  const shown = masked(data);
  if (typeof shown !== 'object' || shown === null) return '';
  const line = Object.entries(shown)
    .filter(([name, value]) => told(value) && name !== 'caseNumber' && !name.endsWith('At'))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};
