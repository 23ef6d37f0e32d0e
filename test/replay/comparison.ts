import { causeOf } from './causes.js';
import { columns, isBlank, type Column, type SourceRow } from './columns.js';

export interface Difference {
  readonly id: string;
  readonly column: Column;
  readonly expected: string;
  readonly actual: string;
  readonly cause: string;
}

/** Cells of one row that differ. Two blank cells are equal whether empty or spaces; nothing else is forgiven. */
export const compareRow = (input: SourceRow, exported: SourceRow, asOf: string): readonly Difference[] =>
  columns.flatMap((column) => {
    const [expected, actual] = [input[column], exported[column]];
    if (expected === actual || (isBlank(expected) && isBlank(actual))) return [];
    const cause = causeOf(input, column, actual, asOf);
    return [{ id: input.case_enquiry_id, column, expected, actual, cause }];
  });

export interface ColumnTally {
  readonly column: Column;
  readonly equal: number;
  readonly rows: number;
  /** Of the rows where input or export has something in the cell. */
  readonly filledEqual: number;
  readonly filled: number;
}

export interface DifferenceKind {
  readonly column: Column;
  readonly cause: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly Difference[];
}

/** Running totals over any number of rows; keeps a few examples of each kind of difference. */
export class Comparison {
  private rows = 0;
  private readonly unequal = new Map<Column, number>();
  private readonly filled = new Map<Column, number>();
  private readonly kinds = new Map<
    string,
    { column: Column; cause: string; count: number; examples: Difference[] }
  >();

  constructor(private readonly examplesPerKind = 5) {}

  add(input: SourceRow, exported: SourceRow, asOf: string): void {
    this.rows += 1;
    for (const column of columns) {
      if (!isBlank(input[column]) || !isBlank(exported[column])) {
        this.filled.set(column, (this.filled.get(column) ?? 0) + 1);
      }
    }
    for (const difference of compareRow(input, exported, asOf)) {
      const { column, cause } = difference;
      this.unequal.set(column, (this.unequal.get(column) ?? 0) + 1);
      const key = `${column}\n${cause}`;
      const kind = this.kinds.get(key) ?? { column, cause, count: 0, examples: [] };
      kind.count += 1;
      if (kind.examples.length < this.examplesPerKind) kind.examples.push(difference);
      this.kinds.set(key, kind);
    }
  }

  tallies(): readonly ColumnTally[] {
    return columns.map((column) => {
      const unequal = this.unequal.get(column) ?? 0;
      const filled = this.filled.get(column) ?? 0;
      return { column, rows: this.rows, equal: this.rows - unequal, filled, filledEqual: filled - unequal };
    });
  }

  /** Most frequent first. */
  differences(): readonly DifferenceKind[] {
    return [...this.kinds.values()].sort((one, other) => other.count - one.count);
  }
}
