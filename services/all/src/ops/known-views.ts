import 'reflect-metadata';

import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import type { PublicEvent } from '@city311/kernel';
import type { Engines, ViewRegistration, ViewRegistry } from '@city311/platform';
import { runView, type View, type ViewRunner } from '@city311/read-models';

import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import type { OpenedForViews } from '../engines/open-engines.js';

/** One view of the system with what belongs to it, whichever service declares it. */
export interface KnownView {
  readonly name: string;
  readonly version: number;
  readonly topic: string;
  readonly types: ReadonlySet<string>;
  readonly view: View<object>;
  /** The stored shape is another than this program's: it waits for a rebuild. */
  readonly stale: boolean;
  keyOf(event: PublicEvent): string;
  /** The fold; `doc` must come from it. */
  apply(doc: object | null, event: PublicEvent): object | null;
  /** Puts in what the fold cannot fetch. */
  prepare(events: readonly PublicEvent[]): Promise<readonly PublicEvent[]>;
  /** Fills the view for as long as `lease` is held, as the services' processes do. */
  run(lease: { isHeld(): boolean }): Promise<Pick<ViewRunner<object>, 'retryParked' | 'rebuild' | 'stop'>>;
}

/** Collects the views that the services open, and fills none of them. */
export class KnownViews {
  readonly #found: KnownView[] = [];
  #composed: Promise<INestApplicationContext> | null = null;

  constructor(private readonly config: Config) {}

  over(opened: OpenedForViews): ViewRegistry & { stop(): Promise<void> } {
    return {
      open: async <Doc extends object>(registration: ViewRegistration<Doc>): Promise<View<Doc>> => {
        const { view, stale } = await opened.viewStore.open(registration.projection);
        this.#found.push(known(opened, registration, view, stale));
        return view;
      },
      stop: () => Promise.resolve(),
    };
  }

  async all(engines: Engines): Promise<readonly KnownView[]> {
    this.#composed ??= NestFactory.createApplicationContext(AppModule.background(this.config, engines), {
      logger: false,
      abortOnError: false,
    });
    await this.#composed;
    return this.#found.toSorted((one, other) => one.name.localeCompare(other.name));
  }

  async close(): Promise<void> {
    const composed = await this.#composed;
    await composed?.close();
  }
}

const known = <Doc extends object>(
  { viewStore, reader }: OpenedForViews,
  { projection, topic, prepare }: ViewRegistration<Doc>,
  view: View<Doc>,
  stale: boolean,
): KnownView => ({
  name: projection.view.name,
  version: projection.view.version,
  topic,
  types: new Set(projection.types),
  view,
  stale,
  keyOf: projection.keyOf,
  apply: (doc, event) => projection.apply(doc as Doc | null, event),
  prepare: prepare ?? ((events) => Promise.resolve(events)),
  run: (lease) =>
    runView({
      store: viewStore,
      projection,
      reader,
      topics: [topic],
      lease,
      ...(prepare === undefined ? {} : { prepare }),
    }),
});

/** @throws RangeError  tells the names that there are */
export const viewNamed = (views: readonly KnownView[], name: string): KnownView => {
  const found = views.find((one) => one.name === name.replace(/^view:/, ''));
  if (found !== undefined) return found;
  throw new RangeError(`there is no view ${name}; there are ${views.map((one) => one.name).join(', ')}`);
};
