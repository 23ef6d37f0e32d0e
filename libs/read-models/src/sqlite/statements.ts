import type { Database, Statement } from 'better-sqlite3';

export type SqlValue = string | number | null;

/** Statements by their text, the newest `max` of them: queries repeat, and preparing costs more than running. */
export class Statements {
  readonly #prepared = new Map<string, Statement<SqlValue[], unknown[]>>();

  constructor(
    private readonly database: Database,
    private readonly max = 256,
  ) {}

  /** Rows come as arrays. */
  rows(sql: string, params: readonly SqlValue[]): unknown[][] {
    return this.#get(sql, true).all(...params);
  }

  run(sql: string, params: readonly SqlValue[]): void {
    this.#get(sql, false).run(...params);
  }

  clear(): void {
    this.#prepared.clear();
  }

  #get(sql: string, raw: boolean): Statement<SqlValue[], unknown[]> {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare<SqlValue[], unknown[]>(sql);
    if (raw) statement.raw(true);
    this.#prepared.set(sql, statement);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size > this.max && oldest !== undefined) this.#prepared.delete(oldest);
    return statement;
  }
}
