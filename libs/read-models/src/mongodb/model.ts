import mongoose from 'mongoose';

import type { Column, ViewDeclaration } from '../read-models.js';
import type { Row } from './stored.js';

type ColumnType = Column<never>['type'];

const fieldTypes = { text: String, integer: Number, real: Number, boolean: Boolean } as const;

const fields = (
  types: Readonly<Record<string, ColumnType>>,
): Record<string, { type: (typeof fieldTypes)[ColumnType]; default: null }> =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { type: fieldTypes[type], default: null }]),
  );

/** Names of the indexes that this package makes; it leaves others alone. */
export const indexPrefix = 'view_';

export interface DeclaredIndex {
  readonly name: string;
  readonly keys: Record<string, 1>;
}

/** Key last in each, so that a page in the order of an index needs no sorting. */
export const indexesOf = <Doc extends object>(view: ViewDeclaration<Doc>): DeclaredIndex[] => {
  const area = view.area === undefined ? [] : [[view.area.latitude, view.area.longitude]];
  const byColumns = [...view.indexes, ...area].map((columns) => ({
    name: `${indexPrefix}${columns.join('_')}`,
    keys: Object.fromEntries([...columns.map((name) => `columns.${name}`), '_id'].map((path) => [path, 1])),
  }));
  const byWord = { name: `${indexPrefix}words`, keys: { words: 1 } };
  const all = view.searchText === undefined ? byColumns : [...byColumns, byWord];
  return [...new Map(all.map(({ name, keys }) => [name, { name, keys: asOnes(keys) }])).values()];
};

const asOnes = (keys: Record<string, number>): Record<string, 1> =>
  Object.fromEntries(Object.keys(keys).map((key) => [key, 1 as const]));

/** The declaration as mongoose knows one: what lies in a collection of the view, and its indexes. */
export const schemaOf = <Doc extends object>(view: ViewDeclaration<Doc>): mongoose.Schema => {
  const columns = Object.fromEntries(
    Object.entries(view.columns).map(([name, column]) => [name, column.type]),
  );
  const schema = new mongoose.Schema(
    {
      _id: mongoose.Schema.Types.Mixed,
      generation: String,
      stream: String,
      sequence: Number,
      live: Boolean,
      columns: { _id: false, type: fields(columns) },
      words: { type: [String], default: undefined },
      intervals: {
        default: undefined,
        type: [
          { _id: false, from: Number, to: Number, values: { type: fields(view.intervals?.columns ?? {}) } },
        ],
      },
      doc: String,
    },
    { autoCreate: false, autoIndex: false, versionKey: false, id: false },
  );
  for (const { name, keys } of indexesOf(view)) schema.index(keys, { name, background: true });
  return schema;
};

/** The view's model on this connection, compiled once for each declaration. */
export const modelOf = <Doc extends object>(
  connection: mongoose.Connection,
  view: ViewDeclaration<Doc>,
  collection: string,
): mongoose.Model<Row> =>
  connection.model<Row>(collection, schemaOf(view), collection, { overwriteModels: true });
