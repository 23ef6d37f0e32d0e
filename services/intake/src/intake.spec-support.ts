import 'reflect-metadata';

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadCity } from '@city311/city';
import { incidentDecider, numberBlockDecider, referenceDecider } from '@city311/domain-intake';
import { createCommandHandler, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { TransientError, type PublicEvent, type StreamName } from '@city311/kernel';
import { createLogMessaging, openSqliteConsumerState } from '@city311/messaging';
import { createLogger } from '@city311/platform';
import { openSqliteViewStore, runView } from '@city311/read-models';
import { manualClock } from '@city311/scheduling';
import { openSqliteVault, type ApiKey } from '@city311/vault';

import { caseCodec, incidentCodec, numberBlockCodec, referenceCodec } from './case.codec.js';
import { caseTopicSource } from './case.topic.js';
import { createCaseHandler } from './cases/case-handler.js';
import { CaseLookup } from './cases/case-lookup.js';
import { CaseNumbers } from './numbers/case-numbers.js';
import { CaseActions } from './reports/case-actions.js';
import { EventIntake } from './reports/event-intake.js';
import { createReceiptHandler } from './reports/receipt-handler.js';
import { ReceiptSweep } from './reports/receipt-sweep.js';
import { ReferenceClaims } from './reports/reference-claims.js';
import { ReportIntake } from './reports/report-intake.js';
import { caseReferencesProjection, caseReferencesTopic } from './views/case-references.js';

export const boston = loadCity('boston');
export const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
export const bulkPickup = 'Public Works Department:Sanitation:Schedule a Bulk Item Pickup';
export const noon = '2026-06-01T16:00:00.000Z';

export const channel: ApiKey = { name: 'web-portal', role: 'channel' };
export const importer: ApiKey = { name: 'older-system', role: 'importer' };
export const operator: ApiKey = { name: 'desk', role: 'operator' };

export const tempFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'intake-'));
export const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Intake over the real engines in a folder, without HTTP. */
export const openIntake = async (folder: string) => {
  const clock = manualClock(noon);
  const logger = createLogger('silent');
  const store = await openSqliteEventStore({ folder });
  const vault = await openSqliteVault({ folder });
  const state = openSqliteConsumerState({ folder });
  const viewStore = openSqliteViewStore({ folder });
  const messaging = createLogMessaging({ store, sources: [caseTopicSource], state });
  const references = await runView({
    store: viewStore,
    projection: caseReferencesProjection,
    reader: messaging.reader,
    topics: [caseReferencesTopic],
  });
  const newNumbers = (holder: string): CaseNumbers =>
    new CaseNumbers(
      createCommandHandler(store, numberBlockDecider, numberBlockCodec),
      vault,
      clock,
      boston.jurisdiction,
      holder,
    );
  let broken = false;
  /** The log as it is to whoever writes cases while nobody else has trouble. */
  const cases = createCaseHandler({
    ...store,
    append: (stream, events, expected) =>
      broken
        ? Promise.reject(new TransientError('the log was away for a moment'))
        : store.append(stream, events, expected),
  });
  const incidents = createCommandHandler(store, incidentDecider, incidentCodec);
  const lookup = new CaseLookup(store, references.view, boston.olderSystem);
  const referenceClaims = new ReferenceClaims({
    store,
    claims: createCommandHandler(store, referenceDecider, referenceCodec),
    references: references.view,
    clock,
    jurisdiction: boston.jurisdiction,
  });
  const reports = new ReportIntake({
    store,
    vault,
    city: boston,
    numbers: newNumbers('test'),
    clock,
    references: referenceClaims,
  });
  const actions = new CaseActions({
    receipts: createReceiptHandler(store),
    cases,
    lookup,
    vault,
    city: boston,
  });
  const events = new EventIntake({ reports, actions, city: boston, clock, logger });
  const { jurisdiction } = boston;
  const newSweep = (log: EventStore = store): ReceiptSweep =>
    new ReceiptSweep({ store: log, reports, clock, logger, jurisdiction });
  return {
    clock,
    store,
    vault,
    cases,
    incidents,
    lookup,
    reports,
    events,
    newNumbers,
    newSweep,
    /** From now on nothing more is appended to cases by command, or is again. */
    breakCases: (yes: boolean): void => {
      broken = yes;
    },
    references: references.view,
    referenceClaims,
    /** Bare names and data of a case's events, as stored. */
    stored: async (caseNumber: string) => {
      const read = await store.readStream(`intake.case-${caseNumber}` as StreamName);
      return read.map(({ type, data }) => caseCodec.fromWire(type, data));
    },
    /** The case's events as its topic shows them. */
    published: async (caseNumber: string): Promise<readonly PublicEvent[]> => {
      const read = await store.readStream(`intake.case-${caseNumber}` as StreamName);
      return read.flatMap((event) => caseTopicSource.translate(event) ?? []);
    },
    close: async () => {
      await references.stop();
      await messaging.close();
      await viewStore.close();
      await store.close();
      await vault.close();
      state.close();
    },
  };
};

export type OpenIntake = Awaited<ReturnType<typeof openIntake>>;

/** A CloudEvent as a channel posts it. */
export const cloudEvent = (id: string, type: string, data: object, more: object = {}): object => ({
  specversion: '1.0',
  id,
  source: '/web',
  type: `city311.report.${type}.v1`,
  data,
  ...more,
});

export const submitted = (id: string, data: object = {}, more: object = {}): object =>
  cloudEvent(id, 'submitted', { serviceCode: pothole, description: 'A deep hole', ...data }, more);
