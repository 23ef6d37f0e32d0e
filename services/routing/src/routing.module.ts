import { Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

import type { City } from '@city311/city';
import type { EventStore } from '@city311/eventing';
import type { TopicReader } from '@city311/messaging';
import {
  BACKGROUND,
  CITY,
  CLOCK,
  EVENT_STORE,
  LOGGER,
  MESSAGING,
  viewProvider,
  type Background,
  type Clock,
  type Logger,
} from '@city311/platform';
import type { View } from '@city311/read-models';

import { CaseConsumer } from './consumers/case.consumer.js';
import { CaseRouter } from './decisions/case-router.js';
import { createCaseRoutingHandler, type CaseRoutingHandler } from './decisions/case-routing-handler.js';
import { KnownCases } from './decisions/known-cases.js';
import { OpenCases } from './decisions/open-cases.js';
import { RoutingHistory } from './decisions/routing-history.js';
import { watchOpenCases } from './decisions/watch-open-cases.js';
import { RoutingController } from './http/routing.controller.js';
import { TriageDesk } from './http/triage-desk.js';
import { RuleSets } from './rules/rule-sets.js';
import {
  CASE_ROUTER,
  CASE_ROUTING_HANDLER,
  KNOWN_CASES,
  OPEN_CASES,
  ROUTABLE_CASES,
  ROUTING_HISTORY,
  RULE_SETS,
  TRIAGE_DESK,
} from './tokens.js';
import {
  routableCasesProjection,
  routableCasesTopic,
  type RoutableCase,
} from './views/routable-cases.view.js';

const ports = [CITY, CLOCK, CASE_ROUTING_HANDLER, ROUTING_HISTORY, KNOWN_CASES, RULE_SETS];

@Module({
  controllers: [RoutingController, CaseConsumer],
  providers: [
    viewProvider(ROUTABLE_CASES, [], () => ({
      projection: routableCasesProjection,
      topic: routableCasesTopic,
    })),
    { provide: CASE_ROUTING_HANDLER, inject: [EVENT_STORE], useFactory: createCaseRoutingHandler },
    {
      provide: ROUTING_HISTORY,
      inject: [EVENT_STORE],
      useFactory: (store: EventStore) => new RoutingHistory(store),
    },
    { provide: OPEN_CASES, inject: [CITY], useFactory: (city: City) => new OpenCases(city) },
    {
      provide: KNOWN_CASES,
      inject: [ROUTABLE_CASES, MESSAGING],
      useFactory: (view: View<RoutableCase>, topics: TopicReader) => new KnownCases(view, topics),
    },
    {
      provide: RULE_SETS,
      inject: [EVENT_STORE, CITY, CLOCK],
      useFactory: (store: EventStore, city: City, clock: Clock) => new RuleSets(store, city, clock),
    },
    {
      provide: CASE_ROUTER,
      inject: [...ports, OPEN_CASES],
      useFactory: (
        city: City,
        clock: Clock,
        handler: CaseRoutingHandler,
        history: RoutingHistory,
        knownCases: KnownCases,
        ruleSets: RuleSets,
        openCases: OpenCases,
      ) => new CaseRouter({ city, clock, handler, history, openCases, knownCases, ruleSets }),
    },
    {
      provide: TRIAGE_DESK,
      inject: [...ports, ROUTABLE_CASES],
      useFactory: (
        city: City,
        clock: Clock,
        handler: CaseRoutingHandler,
        history: RoutingHistory,
        knownCases: KnownCases,
        ruleSets: RuleSets,
        cases: View<RoutableCase>,
      ) => new TriageDesk({ city, clock, handler, history, cases, knownCases, ruleSets }),
    },
  ],
})
export class RoutingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stop = new AbortController();
  #watch: Promise<void> = Promise.resolve();

  constructor(
    @Inject(RULE_SETS) private readonly ruleSets: RuleSets,
    @Inject(ROUTABLE_CASES) private readonly cases: View<RoutableCase>,
    @Inject(OPEN_CASES) private readonly openCases: OpenCases,
    @Inject(KNOWN_CASES) private readonly knownCases: KnownCases,
    @Inject(MESSAGING) private readonly reader: TopicReader,
    @Inject(CITY) private readonly city: City,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(BACKGROUND) private readonly background: Background,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.background.here) return;
    await this.ruleSets.publish();
    const { cases: view, reader, openCases, knownCases, city, logger } = this;
    const onRetry = (error: unknown): void => {
      logger.warn({ err: error }, 'possible duplicates are not up to date; trying again');
    };
    this.#watch = watchOpenCases({ view, reader, openCases, knownCases, city, onRetry }, this.#stop.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#watch;
  }
}
