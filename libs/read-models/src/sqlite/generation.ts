import type { Database, Statement } from 'better-sqlite3';

import type { Projection } from '../read-models.js';
import { cellsOf, type Cells } from './cells.js';
import { RowWriter, type StoredRow } from './row-writer.js';
import { Statements } from './statements.js';
import { tablesOf, type Tables } from './tables.js';

type LoadedRow = [id: number, key: string, stream: string, sequence: number, doc: string];
type GoneRow = [key: string, stream: string, sequence: number];

/** JSON that this package wrote from a `Doc`. */
export const parseDoc = <Doc>(text: string): Doc => JSON.parse(text) as Doc;

/** The tables of one generation with their statements, prepared once. */
export class Generation<Doc extends object> {
  readonly tables: Tables;
  readonly writer: RowWriter<Doc>;
  readonly queries: Statements;
  readonly cells: (doc: Doc, before: Cells | null) => Cells;
  readonly #load: Statement<[string], LoadedRow>;
  readonly #loadGone: Statement<[string], GoneRow>;
  readonly #get: Statement<[string], string>;
  readonly #getMany: Statement<[string], [string, string]>;

  constructor(
    database: Database,
    projection: Projection<Doc>,
    readonly number: number,
  ) {
    this.tables = tablesOf(projection.view.name, number);
    this.writer = new RowWriter(database, this.tables, projection.view);
    this.queries = new Statements(database);
    this.cells = cellsOf(projection.view);
    const { docs, gone } = this.tables;
    const keys = '(SELECT value FROM json_each(?))';
    this.#load = database.prepare<[string], LoadedRow>(
      `SELECT id, key, stream, sequence, doc FROM ${docs} WHERE key IN ${keys}`,
    );
    this.#load.raw(true);
    this.#loadGone = database.prepare<[string], GoneRow>(
      `SELECT key, stream, sequence FROM ${gone} WHERE key IN ${keys}`,
    );
    this.#loadGone.raw(true);
    this.#get = database.prepare<[string], string>(`SELECT doc FROM ${docs} WHERE key = ?`);
    this.#get.pluck(true);
    this.#getMany = database.prepare<[string], [string, string]>(
      `SELECT key, doc FROM ${docs} WHERE key IN ${keys}`,
    );
    this.#getMany.raw(true);
  }

  /** Adds what is stored of `keys` to `rows`, removed documents too. */
  load(keys: readonly string[], rows: Map<string, StoredRow<Doc>>): void {
    if (keys.length === 0) return;
    for (const [id, key, stream, sequence, text] of this.#load.all(JSON.stringify(keys))) {
      const doc = parseDoc<Doc>(text);
      rows.set(key, { id, stream, sequence, doc, cells: this.cells(doc, null) });
    }
    const missing = keys.filter((key) => !rows.has(key));
    if (missing.length === 0) return;
    for (const [key, stream, sequence] of this.#loadGone.all(JSON.stringify(missing))) {
      rows.set(key, { id: null, stream, sequence, doc: null, cells: null });
    }
  }

  get(key: string): Doc | null {
    const text = this.#get.get(key);
    return text === undefined ? null : parseDoc<Doc>(text);
  }

  getMany(keys: readonly string[]): Map<string, Doc> {
    const rows = this.#getMany.all(JSON.stringify(keys));
    return new Map(rows.map(([key, text]) => [key, parseDoc<Doc>(text)]));
  }
}
