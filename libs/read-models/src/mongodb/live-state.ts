import { TransientError } from '@city311/kernel';
import { randomBytes } from 'node:crypto';

import type { ViewDeclaration } from '../read-models.js';
import { covers, shapeOf, type Shape } from '../shape.js';
import { asked, isDuplicate } from './faults.js';
import { stateId, stateOf, type Rows, type StoredState } from './stored.js';

/** How long readers go by what they know of the stored shape. */
const knownMs = 250;

export interface Fit {
  readonly stale: boolean;
  readonly readable: boolean;
}

export const newState = <Doc extends object>(view: ViewDeclaration<Doc>): StoredState => ({
  _id: stateId,
  generation: randomBytes(6).toString('hex'),
  version: view.version,
  shape: JSON.stringify(shapeOf(view)),
  ...{ checkpoint: null, revision: 0, parkings: 0, frozenUntil: 0, builtAt: 0 },
});

/** Null where the collection does not exist. */
export const readState = async (rows: Rows): Promise<StoredState | null> => {
  const row = await asked(() => rows.findOne({ _id: stateId }));
  return row === null ? null : stateOf(row);
};

/** The state of a view's collection, followed across rebuilds and other processes. */
export class LiveState<Doc extends object> {
  /** What the writer goes by. */
  #known: StoredState | null = null;
  /** What readers go by, or the look that is under way. */
  #looked: Promise<StoredState> | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly rows: Rows,
    private readonly view: ViewDeclaration<Doc>,
  ) {}

  /** Makes the collection where there is none. */
  async create(): Promise<StoredState> {
    const present = await readState(this.rows);
    if (present !== null) return this.know(present);
    try {
      await asked(() => this.rows.insertOne({ ...newState(this.view) }));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    return this.read();
  }

  /** As it is stored, whatever the writer goes by. @throws TransientError  the collection is gone */
  async peek(): Promise<StoredState> {
    const state = await readState(this.rows);
    if (state !== null) return state;
    this.forget();
    throw new TransientError(`view ${this.view.name} has no collection`);
  }

  /**
   * As it is stored, for the writer to go by.
   * @throws TransientError  the collection is gone, or a server lost the newest of what it had acknowledged
   */
  async read(): Promise<StoredState> {
    const before = this.#known;
    const state = await this.peek();
    if (before?.generation === state.generation && before.revision > state.revision) {
      this.forget();
      throw new TransientError(`view ${this.view.name} has gone back to an earlier position`);
    }
    return this.know(state);
  }

  /** As this process left it, if it did. */
  async current(): Promise<StoredState> {
    return this.#known ?? this.read();
  }

  know(state: StoredState): StoredState {
    this.#known = state;
    this.#looked = Promise.resolve(state);
    this.#lookedAt = performance.now();
    return state;
  }

  forget(): void {
    this.#known = null;
    this.#looked = null;
  }

  /** @throws TransientError  the stored shape is not one that this declaration's queries can read */
  async checkReadable(): Promise<void> {
    const state = await this.#look();
    if (!this.fit(state).readable) throw new TransientError(`view ${this.view.name} is being rebuilt`);
  }

  fit(state: StoredState): Fit {
    const shape = shapeOf(this.view);
    const stale = state.version !== this.view.version || state.shape !== JSON.stringify(shape);
    const readable =
      state.version >= (this.view.readableFrom ?? this.view.version) &&
      state.version <= this.view.version &&
      covers(JSON.parse(state.shape) as Shape, shape);
    return { stale, readable };
  }

  /** Those who ask at the same time share one look. The writer's knowledge stays: another's revision is not its own. */
  #look(): Promise<StoredState> {
    const now = performance.now();
    if (this.#looked !== null && now - this.#lookedAt < knownMs) return this.#looked;
    const look = this.peek();
    this.#looked = look;
    this.#lookedAt = now;
    look.catch(() => {
      if (this.#looked === look) this.#looked = null;
    });
    return look;
  }
}
