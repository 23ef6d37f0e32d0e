import { join } from 'node:path';

import type { OpenedView, Projection, ViewStore } from '../read-models.js';
import { Catalogue } from './catalogue.js';
import { condemnAbandoned, dropCondemned } from './leftovers.js';
import { openDatabase } from './open-database.js';
import { rebuildView } from './rebuild.js';
import { checkDeclaration, shapeOf } from '../shape.js';
import { SharedCommit } from './shared-commit.js';
import { Signals } from '../signals.js';
import { SqliteView, type SqliteViewParts } from './sqlite-view.js';
import { createIndexes, createTables, tablesOf } from './tables.js';
import { reading, writing } from './transactions.js';

export interface SqliteViewStoreOptions {
  /** Folder of `views.db`; it must exist. */
  readonly folder: string;
  /** 32 where it is left out. */
  readonly cacheMegabytes?: number;
  /** 64 where it is left out. */
  readonly mmapMegabytes?: number;
  /** Documents of a view that are kept parsed for the next batch; 4,000 where it is left out. */
  readonly recentDocuments?: number;
  /** Documents that a rebuild holds in memory before it writes them; 10,000 where it is left out. */
  readonly pendingDocuments?: number;
  /**
   * Under load, batches of all views that come within so many milliseconds of the last commit go into the next one;
   * 10 where it is left out. After a pause the first batch is written at once.
   */
  readonly gatherMs?: number;
}

/** All views of one data folder in `views.db`. Several processes may read; one at a time should apply to a view. */
export const openSqliteViewStore = (options: SqliteViewStoreOptions): ViewStore => {
  const { folder, cacheMegabytes = 32, mmapMegabytes = 64, recentDocuments = 4000 } = options;
  const { pendingDocuments = 10_000, gatherMs = 10 } = options;
  const database = openDatabase(join(folder, 'views.db'), { cacheMegabytes, mmapMegabytes });
  const catalogue = new Catalogue(database);
  const signals = new Signals();
  const commits = new SharedCommit(database, gatherMs);
  const parts: SqliteViewParts = { database, catalogue, signals, commits, recentDocuments };

  let sweeping: Promise<void> = Promise.resolve();
  const sweep = (): void => {
    // What fails stays marked and goes with the next sweep; nobody reads it any more.
    sweeping = sweeping.then(() => dropCondemned(database, catalogue)).catch(() => undefined);
  };
  condemnAbandoned(database, catalogue);
  sweep();

  const open = <Doc extends object>(projection: Projection<Doc>): OpenedView<Doc> => {
    const { view } = projection;
    checkDeclaration(view);
    writing(database, () => {
      if (catalogue.live(view.name) !== undefined) return;
      const number = catalogue.add(view.name, 'live', view.version, JSON.stringify(shapeOf(view)), null);
      const tables = tablesOf(view.name, number);
      database.exec(createTables(tables, view) + createIndexes(tables, view).join(';'));
    });
    const opened = new SqliteView(parts, projection);
    const { stale, readable } = reading(database, () => opened.live.look());
    return { view: opened, stale, readable };
  };

  return {
    open: (projection) =>
      new Promise((resolve) => {
        resolve(open(projection));
      }),
    rebuild: async (projection, feed, rebuildOptions = {}) => {
      checkDeclaration(projection.view);
      try {
        return await rebuildView({ database, catalogue, pendingDocuments }, projection, feed, rebuildOptions);
      } finally {
        signals.notify(projection.view.name);
        sweep();
      }
    },
    close: async () => {
      commits.flush();
      database.close();
      signals.notifyAll();
      await sweeping;
    },
  };
};
