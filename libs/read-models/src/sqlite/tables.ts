import type { ViewDeclaration } from '../read-models.js';

/** Names of the tables of one generation. */
export interface Tables {
  readonly docs: string;
  /** Removed documents: their last sequence, so that a replay does not bring them back. */
  readonly gone: string;
  readonly spans: string;
  readonly words: string;
}

export const tablesOf = (view: string, generation: number): Tables => {
  const docs = `${view}__g${generation}`;
  return { docs, gone: `${docs}_gone`, spans: `${docs}_spans`, words: `${docs}_words` };
};

/** Prefixed, so that no declared name meets one of ours. */
export const columnName = (name: string): string => `c_${name}`;

const sqlTypes = { text: 'TEXT', integer: 'INTEGER', real: 'REAL', boolean: 'INTEGER' } as const;
type Types = Readonly<Record<string, keyof typeof sqlTypes>>;

const columnList = (types: Types): string =>
  Object.entries(types)
    .map(([name, type]) => `, ${columnName(name)} ${sqlTypes[type]}`)
    .join('');

export const createTables = <Doc extends object>(tables: Tables, view: ViewDeclaration<Doc>): string => {
  const columns = Object.fromEntries(
    Object.entries(view.columns).map(([name, column]) => [name, column.type]),
  );
  const docs = `CREATE TABLE ${tables.docs} (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, stream TEXT NOT NULL,
    sequence INTEGER NOT NULL, doc TEXT NOT NULL${columnList(columns)});`;
  const gone = `CREATE TABLE ${tables.gone} (key TEXT PRIMARY KEY, stream TEXT NOT NULL, sequence INTEGER NOT NULL)
    WITHOUT ROWID;`;
  const spans =
    view.intervals === undefined
      ? ''
      : `CREATE TABLE ${tables.spans} (doc_id INTEGER NOT NULL, n INTEGER NOT NULL, from_ms INTEGER NOT NULL,
          to_ms INTEGER NOT NULL${columnList(view.intervals.columns)}, PRIMARY KEY (doc_id, n)) WITHOUT ROWID;`;
  const words =
    view.searchText === undefined
      ? ''
      : `CREATE VIRTUAL TABLE ${tables.words} USING fts5(words, content='', contentless_delete=1,
          tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co'");`;
  return docs + gone + spans + words;
};

/** Key last in each, so that a page in the order of an index needs no sorting. */
export const createIndexes = <Doc extends object>(tables: Tables, view: ViewDeclaration<Doc>): string[] => {
  const area = view.area === undefined ? [] : [[view.area.latitude, view.area.longitude]];
  return [...view.indexes, ...area].map((columns, i) => {
    const list = [...columns.map(columnName), 'key'].join(', ');
    return `CREATE INDEX IF NOT EXISTS ${tables.docs}_i${i} ON ${tables.docs} (${list})`;
  });
};
