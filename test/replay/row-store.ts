import { columns, type Column, type SourceRow } from './columns.js';

const separator = '\u0000';

/**
 * The rows played, by `case_enquiry_id`, to compare with later: each row is one string outside the garbage
 * collector's way, so that a whole city year stays near the size of its file.
 */
export class RowStore {
  private readonly packed = new Map<string, { readonly block: string; readonly cells: Buffer }>();

  get size(): number {
    return this.packed.size;
  }

  /** @returns false where the id was there before: the later row is left out. */
  add(block: string, row: SourceRow): boolean {
    if (this.packed.has(row.case_enquiry_id)) return false;
    const cells = Buffer.from(columns.map((column) => row[column]).join(separator));
    this.packed.set(row.case_enquiry_id, { block, cells });
    return true;
  }

  get(id: string): { readonly block: string; readonly row: SourceRow } | undefined {
    const kept = this.packed.get(id);
    if (kept === undefined) return undefined;
    const cells = kept.cells.toString().split(separator);
    const row: Partial<Record<Column, string>> = {};
    columns.forEach((column, place) => (row[column] = cells[place] ?? ''));
    return { block: kept.block, row: row as SourceRow };
  }

  ids(): IterableIterator<string> {
    return this.packed.keys();
  }
}
