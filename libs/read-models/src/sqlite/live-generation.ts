import { TransientError } from '@city311/kernel';
import type { Database } from 'better-sqlite3';

import type { Projection } from '../read-models.js';
import type { Catalogue, CatalogueRow } from './catalogue.js';
import { Generation } from './generation.js';
import { fitOf, type Fit } from '../shape.js';

interface Known<Doc extends object> extends Fit {
  readonly generation: Generation<Doc>;
}

export interface Live<Doc extends object> extends Known<Doc> {
  readonly row: CatalogueRow;
}

/** Follows the catalogue's pointer to the live generation; another process may have moved it since the last look. */
export class LiveGeneration<Doc extends object> {
  #known: Known<Doc> | null = null;

  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly projection: Projection<Doc>,
  ) {}

  /** Within the caller's transaction. */
  look(): Live<Doc> {
    const row = this.catalogue.live(this.projection.view.name);
    if (row === undefined) throw new Error(`view ${this.projection.view.name} was never opened`);
    if (this.#known?.generation.number !== row.generation) this.#known = this.#open(row);
    return { row, ...this.#known };
  }

  readable(): Generation<Doc> {
    const live = this.look();
    if (!live.readable) throw new TransientError(`view ${this.projection.view.name} is being rebuilt`);
    return live.generation;
  }

  #open(row: CatalogueRow): Known<Doc> {
    const fit = fitOf(this.projection.view, row);
    const layout = fit.readable ? this.projection : { ...this.projection, view: bare(this.projection.view) };
    return { generation: new Generation(this.database, layout, row.generation), ...fit };
  }
}

/** Without what the stored tables may lack: such a generation only tells its checkpoint. */
const bare = <Doc extends object>(view: Projection<Doc>['view']): Projection<Doc>['view'] => ({
  name: view.name,
  version: view.version,
  columns: {},
  indexes: [],
});
