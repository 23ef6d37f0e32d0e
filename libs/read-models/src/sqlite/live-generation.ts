import { TransientError } from '@city311/kernel';
import type { Database } from 'better-sqlite3';

import type { Projection } from '../read-models.js';
import type { Catalogue, CatalogueRow } from './catalogue.js';
import { Generation } from './generation.js';
import { covers, shapeOf, type Shape } from '../shape.js';

export interface Live<Doc extends object> {
  readonly row: CatalogueRow;
  readonly generation: Generation<Doc>;
  readonly stale: boolean;
  readonly readable: boolean;
}

/** Follows the catalogue's pointer to the live generation; another process may have moved it since the last look. */
export class LiveGeneration<Doc extends object> {
  #known: {
    readonly generation: Generation<Doc>;
    readonly stale: boolean;
    readonly readable: boolean;
  } | null = null;

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

  #open(row: CatalogueRow): { generation: Generation<Doc>; stale: boolean; readable: boolean } {
    const { view } = this.projection;
    const shape = shapeOf(view);
    const stale = row.version !== view.version || row.shape !== JSON.stringify(shape);
    const stored = JSON.parse(row.shape) as Shape;
    const readable =
      row.version >= (view.readableFrom ?? view.version) &&
      row.version <= view.version &&
      covers(stored, shape);
    const layout = readable ? this.projection : { ...this.projection, view: bare(view) };
    return { generation: new Generation(this.database, layout, row.generation), stale, readable };
  }
}

/** Without what the stored tables may lack: such a generation only tells its checkpoint. */
const bare = <Doc extends object>(view: Projection<Doc>['view']): Projection<Doc>['view'] => ({
  name: view.name,
  version: view.version,
  columns: {},
  indexes: [],
});
