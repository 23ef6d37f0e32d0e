import type { Position } from '@city311/kernel';
import type { mongo } from 'mongoose';

import type { ColumnValue } from '../read-models.js';

/** A stretch of time in milliseconds, see `endless`. */
export interface StoredInterval {
  readonly from: number;
  readonly to: number;
  readonly values: Readonly<Record<string, ColumnValue>>;
}

/** What a collection holds of a document: its key is `_id`. One that was removed keeps stream and sequence only. */
export interface StoredDoc {
  readonly _id: string;
  readonly generation: string;
  readonly stream: string;
  readonly sequence: number;
  readonly live?: true;
  readonly columns?: Readonly<Record<string, ColumnValue>>;
  /** Once each, see `searchWords`. */
  readonly words?: readonly string[];
  readonly intervals?: readonly StoredInterval[];
  /** JSON, see DECISIONS.md. */
  readonly doc?: string;
}

export const stateId = 0;

/** How far a collection has come. It lies in it under `stateId`, so that it is renamed along with its documents. */
export interface StoredState {
  readonly _id: typeof stateId;
  /** Told apart from any other that bore the collection's name; every document names the one it was written for. */
  readonly generation: string;
  readonly version: number;
  /** JSON, see `shapeOf`. */
  readonly shape: string;
  readonly checkpoint: Position | null;
  /** Grows with every batch of any process: whoever finds another than it wrote forgets what it held in memory. */
  readonly revision: number;
  /** Grows with every batch that parks or releases. */
  readonly parkings: number;
  /** Milliseconds since 1970 until which a rebuild may swap this collection away, and nobody applies to it. */
  readonly frozenUntil: number;
  /** Milliseconds since 1970 at which a rebuild was last seen to fill it; 0 once it is done. */
  readonly builtAt: number;
}

type Optional<Fields> = { readonly [Name in Exclude<keyof Fields, '_id'>]?: Fields[Name] };

/** Either of the two, as the driver sees it. */
export type Row = { readonly _id: string | number } & Optional<StoredDoc> & Optional<StoredState>;

export type Rows = mongo.Collection<Row>;
export type Filter = mongo.Filter<Row>;

export const stateOf = (row: Row): StoredState => ({
  _id: stateId,
  generation: row.generation ?? '',
  version: row.version ?? 0,
  shape: row.shape ?? '{}',
  checkpoint: row.checkpoint ?? null,
  revision: row.revision ?? 0,
  parkings: row.parkings ?? 0,
  frozenUntil: row.frozenUntil ?? 0,
  builtAt: row.builtAt ?? 0,
});

/** JSON that this package wrote from a `Doc`. */
export const parseDoc = <Doc>(text: string | undefined): Doc => JSON.parse(text ?? 'null') as Doc;

/** Of a rebuild; no view's name has two underscores. */
const buildingMark = '__building_';

export const buildingName = (view: string, generation: string): string =>
  `${view}${buildingMark}${generation}`;

/** The view that a collection is filled for; null where it is none of a rebuild. */
export const viewOfBuilding = (collection: string): string | null => {
  const at = collection.indexOf(buildingMark);
  return at < 0 ? null : collection.slice(0, at);
};
