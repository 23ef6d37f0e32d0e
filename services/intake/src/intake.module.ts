import { Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

import type { City } from '@city311/city';
import { numberBlockDecider, referenceDecider } from '@city311/domain-intake';
import { createCommandHandler, type EventStore } from '@city311/eventing';
import {
  BACKGROUND,
  CITY,
  CLOCK,
  EVENT_STORE,
  LOGGER,
  VAULT,
  viewProvider,
  type Background,
  type Clock,
  type Logger,
} from '@city311/platform';
import type { View } from '@city311/read-models';
import type { Vault } from '@city311/vault';

import { numberBlockCodec, referenceCodec } from './case.codec.js';
import { createCaseHandler, type CaseHandler } from './cases/case-handler.js';
import { CaseLookup } from './cases/case-lookup.js';
import { createIncidentHandler, IncidentsConsumer } from './consumers/incidents.consumer.js';
import { RoutingConsumer } from './consumers/routing.consumer.js';
import { WorkOrdersConsumer } from './consumers/work-orders.consumer.js';
import { CasesController } from './http/cases.controller.js';
import { EventsController } from './http/events.controller.js';
import { Open311Controller } from './http/open311.controller.js';
import { TrackingSecretController } from './http/tracking-secret.controller.js';
import { FollowParent } from './incidents/follow-parent.js';
import { JoinCases } from './incidents/join-cases.js';
import { CaseNumbers } from './numbers/case-numbers.js';
import { CaseActions } from './reports/case-actions.js';
import { EventIntake } from './reports/event-intake.js';
import { createReceiptHandler } from './reports/receipt-handler.js';
import { ReceiptSweep } from './reports/receipt-sweep.js';
import { ReferenceClaims } from './reports/reference-claims.js';
import { ReportIntake } from './reports/report-intake.js';
import {
  CASE_HANDLER,
  CASE_LOOKUP,
  CASE_NUMBERS,
  CASE_REFERENCES,
  EVENT_INTAKE,
  FOLLOW_PARENT,
  INCIDENTS,
  JOIN_CASES,
  RECEIPT_SWEEP,
  REPORT_INTAKE,
} from './tokens.js';
import {
  caseReferencesProjection,
  caseReferencesTopic,
  type CaseReferencesDoc,
} from './views/case-references.js';

/** After a whole history was taken in, its receipts are not all looked at before the service is ready. */
const sweepPatienceMs = 500;

@Module({
  controllers: [
    EventsController,
    CasesController,
    TrackingSecretController,
    Open311Controller,
    RoutingConsumer,
    WorkOrdersConsumer,
    IncidentsConsumer,
  ],
  providers: [
    viewProvider(CASE_REFERENCES, [], () => ({
      projection: caseReferencesProjection,
      topic: caseReferencesTopic,
    })),
    { provide: CASE_HANDLER, inject: [EVENT_STORE], useFactory: createCaseHandler },
    {
      provide: INCIDENTS,
      inject: [EVENT_STORE],
      useFactory: createIncidentHandler,
    },
    {
      provide: FOLLOW_PARENT,
      inject: [CASE_HANDLER, CITY],
      useFactory: (cases: CaseHandler, city: City) => new FollowParent(cases, city),
    },
    {
      provide: JOIN_CASES,
      inject: [CASE_HANDLER, CITY],
      useFactory: (cases: CaseHandler, city: City) => new JoinCases(cases, city),
    },
    {
      provide: CASE_NUMBERS,
      inject: [EVENT_STORE, VAULT, CLOCK, CITY],
      useFactory: (store: EventStore, vault: Vault, clock: Clock, city: City) =>
        new CaseNumbers(
          createCommandHandler(store, numberBlockDecider, numberBlockCodec),
          vault,
          clock,
          city.jurisdiction,
          `pid:${process.pid}`,
        ),
    },
    {
      provide: REPORT_INTAKE,
      inject: [EVENT_STORE, VAULT, CITY, CASE_NUMBERS, CLOCK, CASE_REFERENCES],
      useFactory: (
        store: EventStore,
        vault: Vault,
        city: City,
        numbers: CaseNumbers,
        clock: Clock,
        references: View<CaseReferencesDoc>,
      ) => {
        const claims = createCommandHandler(store, referenceDecider, referenceCodec);
        const { jurisdiction } = city;
        const referenceClaims = new ReferenceClaims({ store, claims, references, clock, jurisdiction });
        return new ReportIntake({ store, vault, city, numbers, clock, references: referenceClaims });
      },
    },
    {
      provide: CASE_LOOKUP,
      inject: [EVENT_STORE, CASE_REFERENCES, CITY],
      useFactory: (store: EventStore, references: View<CaseReferencesDoc>, { olderSystem }: City) =>
        new CaseLookup(store, references, olderSystem),
    },
    {
      provide: EVENT_INTAKE,
      inject: [EVENT_STORE, REPORT_INTAKE, CASE_HANDLER, CASE_LOOKUP, VAULT, CITY, CLOCK, LOGGER],
      useFactory: (
        store: EventStore,
        reports: ReportIntake,
        cases: CaseHandler,
        lookup: CaseLookup,
        vault: Vault,
        city: City,
        clock: Clock,
        logger: Logger,
      ) => {
        const actions = new CaseActions({
          receipts: createReceiptHandler(store),
          cases,
          lookup,
          vault,
          city,
        });
        return new EventIntake({ reports, actions, city, clock, logger });
      },
    },
    {
      provide: RECEIPT_SWEEP,
      inject: [EVENT_STORE, REPORT_INTAKE, CLOCK, LOGGER, CITY],
      useFactory: (
        store: EventStore,
        reports: ReportIntake,
        clock: Clock,
        logger: Logger,
        { jurisdiction }: City,
      ) => new ReceiptSweep({ store, reports, clock, logger, jurisdiction }),
    },
  ],
})
export class IntakeModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(RECEIPT_SWEEP) private readonly sweep: ReceiptSweep,
    @Inject(BACKGROUND) private readonly background: Background,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.background.here) await this.sweep.start(sweepPatienceMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweep.stop();
  }
}
