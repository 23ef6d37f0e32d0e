/** A JSON object's members; empty for anything that is no object. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Items of a JSON array member; none where there is no array. */
export const itemsOf = (value: unknown, member: string): readonly Readonly<Record<string, unknown>>[] => {
  const items = membersOf(value)[member];
  return Array.isArray(items) ? items.map(membersOf) : [];
};

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** Title, detail and faults of a problem+json body on one line. */
export const problemText = (value: unknown): string => {
  const { title, detail, faults } = membersOf(value);
  const listed = Array.isArray(faults)
    ? faults.map(membersOf).map((fault) => `${textOf(fault['path'])} ${textOf(fault['message'])}`.trim())
    : [];
  return [textOf(title), textOf(detail), ...listed].filter((part) => part !== '').join('; ');
};
