import type { Database, Statement } from 'better-sqlite3';

import type { Seen } from '../fold.js';
import type { ViewDeclaration } from '../read-models.js';
import { searchWords } from '../search-words.js';
import type { Cells } from './cells.js';
import { columnName, type Tables } from './tables.js';
import type { SqlValue } from './statements.js';

/** A document as it lies in the tables; `id` null for one that was removed. */
export interface StoredRow<Doc> extends Seen<Doc> {
  readonly id: number | null;
  readonly cells: Cells | null;
}

export interface NewRow<Doc> extends Seen<Doc> {
  readonly cells: Cells | null;
}

/** Statements for different sets of changed columns. */
const maxUpdates = 256;

const list = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

const isSame = (span: readonly SqlValue[], known: readonly SqlValue[] | undefined): boolean =>
  known !== undefined && span.every((value, i) => value === known[i]);

/**
 * Brings the tables from one state of a document to the next and touches only what differs: an update names the
 * changed columns alone, so that the indexes of the others are left in peace.
 */
export class RowWriter<Doc extends object> {
  readonly #columns: readonly string[];
  readonly #updates = new Map<number, Statement<SqlValue[]>>();
  readonly #insert: Statement<SqlValue[]>;
  readonly #bury: Statement<SqlValue[]>;
  readonly #unbury: Statement<SqlValue[]>;
  readonly #delete: Statement<SqlValue[]>;
  readonly #putSpan: Statement<SqlValue[]> | null;
  readonly #cutSpans: Statement<SqlValue[]> | null;
  readonly #putWords: Statement<SqlValue[]> | null;
  readonly #dropWords: Statement<SqlValue[]> | null;

  constructor(
    private readonly database: Database,
    private readonly tables: Tables,
    view: ViewDeclaration<Doc>,
  ) {
    const prepare = (sql: string): Statement<SqlValue[]> => database.prepare<SqlValue[]>(sql);
    const { docs, gone, spans, words } = tables;
    this.#columns = Object.keys(view.columns).map(columnName);
    const names = ['key', 'stream', 'sequence', 'doc', ...this.#columns];
    this.#insert = prepare(`INSERT INTO ${docs} (${names.join(', ')}) VALUES (${list(names.length)})`);
    this.#bury = prepare(`INSERT INTO ${gone} (key, stream, sequence) VALUES (?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence`);
    this.#unbury = prepare(`DELETE FROM ${gone} WHERE key = ?`);
    this.#delete = prepare(`DELETE FROM ${docs} WHERE id = ?`);
    const spanWidth = 4 + Object.keys(view.intervals?.columns ?? {}).length;
    const withSpans = view.intervals !== undefined;
    this.#putSpan = withSpans ? prepare(`INSERT OR REPLACE INTO ${spans} VALUES (${list(spanWidth)})`) : null;
    this.#cutSpans = withSpans ? prepare(`DELETE FROM ${spans} WHERE doc_id = ? AND n >= ?`) : null;
    const withWords = view.searchText !== undefined;
    this.#putWords = withWords ? prepare(`INSERT INTO ${words} (rowid, words) VALUES (?, ?)`) : null;
    this.#dropWords = withWords ? prepare(`DELETE FROM ${words} WHERE rowid = ?`) : null;
  }

  write(key: string, before: StoredRow<Doc> | undefined, after: NewRow<Doc>): StoredRow<Doc> {
    const { doc, cells, stream, sequence } = after;
    const id = before?.id ?? null;
    if (doc === null || cells === null) {
      if (id !== null) this.#remove(id, before?.cells ?? null);
      this.#bury.run(key, stream, sequence);
      return { stream, sequence, doc: null, id: null, cells: null };
    }
    const text = JSON.stringify(doc);
    if (id === null) {
      if (before !== undefined) this.#unbury.run(key);
      const inserted = Number(
        this.#insert.run(key, stream, sequence, text, ...cells.columns).lastInsertRowid,
      );
      this.#writeRest(inserted, null, cells);
      return { stream, sequence, doc, id: inserted, cells };
    }
    const old = before?.cells ?? null;
    this.#update(id, sequence, text, old, cells);
    this.#writeRest(id, old, cells);
    return { stream, sequence, doc, id, cells };
  }

  #update(id: number, sequence: number, text: string, old: Cells | null, cells: Cells): void {
    const values: SqlValue[] = [sequence, text];
    // The set of changed columns as a number: exact up to 2^53, and any more of them would be a strange view.
    let changed = 0;
    let bit = 1;
    cells.columns.forEach((value, i) => {
      if (old?.columns[i] !== value) {
        changed += bit;
        values.push(value);
      }
      bit *= 2;
    });
    values.push(id);
    this.#updateOf(changed, old, cells).run(...values);
  }

  #updateOf(changed: number, old: Cells | null, cells: Cells): Statement<SqlValue[]> {
    const known = this.#updates.get(changed);
    if (known !== undefined) return known;
    const assignments = this.#columns.filter((_, i) => old?.columns[i] !== cells.columns[i]);
    const statement = this.database.prepare<SqlValue[]>(
      `UPDATE ${this.tables.docs} SET sequence = ?, doc = ?${assignments.map((name) => `, ${name} = ?`).join('')} WHERE id = ?`,
    );
    if (this.#updates.size >= maxUpdates) this.#updates.clear();
    this.#updates.set(changed, statement);
    return statement;
  }

  #writeRest(id: number, old: Cells | null, cells: Cells): void {
    const oldSpans = old?.spans ?? [];
    cells.spans.forEach((span, n) => {
      const known = oldSpans[n];
      if (span !== known && !isSame(span, known)) this.#putSpan?.run(id, n, ...span);
    });
    if (oldSpans.length > cells.spans.length) this.#cutSpans?.run(id, cells.spans.length);
    const oldText = old?.text ?? null;
    if (oldText === cells.text) return;
    if (oldText !== null) this.#dropWords?.run(id);
    if (cells.text !== null) this.#putWords?.run(id, searchWords(cells.text).join(' '));
  }

  #remove(id: number, old: Cells | null): void {
    this.#delete.run(id);
    this.#cutSpans?.run(id, 0);
    if (old?.text !== null) this.#dropWords?.run(id);
  }
}
