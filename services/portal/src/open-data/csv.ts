const special = /[",\r\n]/;

/** One cell by RFC 4180. */
const cell = (value: string): string => (special.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;
