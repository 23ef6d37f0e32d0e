import type { Database } from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { isAtWork } from './builders.js';
import type { Catalogue, CatalogueRow } from './catalogue.js';
import { tablesOf } from './tables.js';
import { writing } from './transactions.js';

const rowsAtOnce = 2000;

/** Marks what crashed rebuilds left behind for dropping. */
export const condemnAbandoned = (database: Database, catalogue: Catalogue): void => {
  writing(database, () => {
    for (const { view, generation, builder } of catalogue.in('building')) {
      if (builder === null || !isAtWork(builder)) catalogue.setState(view, generation, 'dropping');
    }
  });
};

/** Drops all generations that are marked so, in pieces, so that neither readers nor the event loop wait for long. */
export const dropCondemned = async (database: Database, catalogue: Catalogue): Promise<void> => {
  const isOpen = (): boolean => database.open;
  if (!isOpen()) return;
  for (const row of catalogue.in('dropping')) {
    for (const drop of stepsFor(database, row)) {
      while (isOpen() && writing(database, drop)) await nextTurn();
      await nextTurn();
    }
    if (!isOpen()) return;
    writing(database, () => {
      catalogue.remove(row.view, row.generation);
    });
  }
};

/** Each does a piece of its work and says whether there is more. */
type Step = () => boolean;

const stepsFor = (database: Database, { view, generation }: CatalogueRow): Step[] => {
  const { docs, gone, spans, words } = tablesOf(view, generation);
  const once =
    (sql: string): Step =>
    () => {
      database.exec(sql);
      return false;
    };
  const emptied = (table: string, key: string): Step[] => {
    if (!exists(database, table)) return [];
    const some = database.prepare<[number]>(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} LIMIT ?)`,
    );
    return [
      ...indexesOf(database, table).map((index) => once(`DROP INDEX IF EXISTS ${index}`)),
      () => some.run(rowsAtOnce).changes > 0,
      once(`DROP TABLE ${table}`),
    ];
  };
  return [
    once(`DROP TABLE IF EXISTS ${words}`),
    ...emptied(spans, 'doc_id'),
    ...emptied(gone, 'key'),
    ...emptied(docs, 'id'),
  ];
};

const exists = (database: Database, table: string): boolean =>
  database.prepare<[string]>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !==
  undefined;

/** Those that we declared; the ones of the table itself go with it. */
const indexesOf = (database: Database, table: string): string[] =>
  database
    .prepare<[string], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql <> ''",
    )
    .pluck()
    .all(table);
