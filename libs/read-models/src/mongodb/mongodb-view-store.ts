import { TransientError } from '@city311/kernel';
import type { Connection, mongo } from 'mongoose';

import type { OpenedView, Projection, ViewDeclaration, ViewStore } from '../read-models.js';
import { checkDeclaration } from '../shape.js';
import { Signals } from '../signals.js';
import { keepIndexes, type IndexReport } from './indexes.js';
import { dropAbandoned } from './leftovers.js';
import { MongoView, type MongoViewParts } from './mongodb-view.js';
import { ParkedEvents } from './parked-events.js';
import { rebuildView } from './rebuild.js';

export interface MongoViewStoreOptions {
  /** Open, with its database; it stays open when the store is closed. */
  readonly connection: Connection;
  /** Documents of a view that are kept parsed for the next batch; 4,000 where it is left out. */
  readonly recentDocuments?: number;
  /** Documents that a rebuild holds in memory before it writes them; 8,000 where it is left out. */
  readonly pendingDocuments?: number;
  /** A rebuild that nobody has been at for so long is dropped; two minutes where it is left out. */
  readonly abandonedMs?: number;
  /** Told of indexes that were made or dropped in the background, or of the reason why not. */
  readonly onIndexes?: (view: string, outcome: IndexReport | { readonly error: unknown }) => void;
}

/**
 * All views of one database, a collection each. Any number of processes may read; one at a time should apply to a
 * view, and a second one is fended off by what it finds changed. Standalone servers and replica sets, no transactions.
 */
export const createMongoViewStore = (options: MongoViewStoreOptions): ViewStore => {
  const { connection, recentDocuments = 4000, pendingDocuments = 8_000, abandonedMs = 120_000 } = options;
  const database = databaseOf(connection);
  const signals = new Signals();
  const opened = new Set<{ readonly name: string; readonly forget: () => void }>();
  const background = new Set<Promise<void>>();
  let closed = false;
  const parts: MongoViewParts = { database, signals, recentDocuments, isClosed: () => closed };

  const later = (work: () => Promise<void>): void => {
    const running = work();
    background.add(running);
    void running.finally(() => background.delete(running));
  };

  /** Indexes change without a rebuild: readers and writers go on while they are made. */
  const tend = async <Doc extends object>(view: ViewDeclaration<Doc>): Promise<void> => {
    try {
      const report = await keepIndexes(connection, view, view.name);
      if (report.created.length + report.dropped.length > 0) options.onIndexes?.(view.name, report);
      await dropAbandoned(database, view.name, abandonedMs);
    } catch (error) {
      options.onIndexes?.(view.name, { error });
    }
  };

  return {
    open: async <Doc extends object>(projection: Projection<Doc>): Promise<OpenedView<Doc>> => {
      const { view: declaration } = projection;
      checkDeclaration(declaration);
      if (closed) throw new TransientError('the view store is closed');
      const view = new MongoView(parts, projection);
      const fit = view.live.fit(await view.live.create());
      opened.add({ name: declaration.name, forget: () => view.forget() });
      await new ParkedEvents(database, declaration.name).prepare();
      if (!fit.stale) later(() => tend(declaration));
      return { view, ...fit };
    },
    rebuild: async (projection, feed, rebuildOptions = {}) => {
      const { name } = projection.view;
      checkDeclaration(projection.view);
      try {
        return await rebuildView(
          { connection, database, pendingDocuments },
          projection,
          feed,
          rebuildOptions,
        );
      } finally {
        for (const view of opened) if (view.name === name) view.forget();
        signals.notify(name);
        later(() => dropAbandoned(database, name, abandonedMs).catch(() => undefined));
      }
    },
    close: async () => {
      closed = true;
      signals.notifyAll();
      await Promise.all(background);
    },
  };
};

const databaseOf = (connection: Connection): mongo.Db => {
  const { db } = connection;
  if (db === undefined) throw new RangeError('the connection is not open');
  return db;
};
