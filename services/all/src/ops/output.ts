export interface Output {
  /** One line on standard output. */
  line(text: string): void;
  /** Rows in columns, each as wide as its longest cell. */
  table(rows: readonly (readonly string[])[]): void;
  /** For scripts: one JSON document. */
  json(value: unknown): void;
  /** One line on standard error: progress, and what a script need not read. */
  note(text: string): void;
}

const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

/** Output on two places for text: standard output and standard error of a process, or what a test reads. */
export const createOutput = (write: (text: string) => void, complain: (text: string) => void): Output => ({
  line: (text) => {
    write(`${text}\n`);
  },
  table: (rows) => {
    for (const line of columns(rows)) write(`${line}\n`);
  },
  json: (value) => {
    write(`${JSON.stringify(value, null, 2)}\n`);
  },
  note: (text) => {
    complain(`${text}\n`);
  },
});
