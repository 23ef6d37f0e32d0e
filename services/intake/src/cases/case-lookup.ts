import { setTimeout as pause } from 'node:timers/promises';

import type { CaseEvent } from '@city311/contracts';
import {
  caseDecider,
  isCaseNumber,
  parseCaseNumber,
  type Case,
  type OpenedCase,
} from '@city311/domain-intake';
import type { EventStore } from '@city311/eventing';
import { fold, streamName, type CaseNumber, type RecordedEvent } from '@city311/kernel';
import { problem } from '@city311/platform';
import type { View } from '@city311/read-models';

import { caseCodec } from '../case.codec.js';
import { caseTopicSource } from '../case.topic.js';
import { caseByAlias, type CaseReferencesDoc } from '../views/case-references.js';

const lookEveryMs = 50;
/** Case numbers that are known to be given out. */
const remembered = 10_000;

/** Finds cases by number or by an older system's number, and reads them from their streams: read-your-own-write. */
export class CaseLookup {
  readonly #there = new Set<CaseNumber>();

  constructor(
    private readonly store: EventStore,
    private readonly references: View<CaseReferencesDoc>,
    private readonly olderSystem: string | null,
  ) {}

  /**
   * What has the form of our numbers is one of ours or none. An alias is `system:id`, or an id alone, which then means
   * `ownSystem`, else the city's older system, else the only other one that knows it. It is known some milliseconds after
   * its case, later where the news of it goes over a network.
   * @param patienceMs  how long to wait for an alias that nobody knows yet
   * @param ownSystem   the one that the asking key speaks for
   * @throws ProblemException  404 where nothing answers to it
   */
  async caseNumberOf(numberOrAlias: string, patienceMs = 0, ownSystem?: string): Promise<CaseNumber> {
    const own = parseCaseNumber(numberOrAlias);
    if (own !== null) {
      if (await this.#isThere(own)) return own;
      throw noSuchCase();
    }
    const alias = numberOrAlias.trim();
    const systems = [ownSystem, this.olderSystem].filter((name) => name !== undefined && name !== null);
    const until = performance.now() + patienceMs;
    for (;;) {
      const found = await caseByAlias(this.references, alias, systems);
      if (found !== null && isCaseNumber(found)) return found;
      if (performance.now() >= until) throw noSuchCase();
      await pause(lookEveryMs);
    }
  }

  /** A case that was there once is there for ever: a long one is not read for that again. */
  async #isThere(caseNumber: CaseNumber): Promise<boolean> {
    if (this.#there.has(caseNumber)) return true;
    if ((await this.store.readStream(streamName('intake.case', caseNumber))).length === 0) return false;
    if (this.#there.size >= remembered) this.#there.clear();
    this.#there.add(caseNumber);
    return true;
  }

  /** @throws ProblemException  404 where the case does not exist */
  async stateOf(
    caseNumber: CaseNumber,
  ): Promise<{ readonly state: OpenedCase; readonly events: readonly RecordedEvent[] }> {
    const events = await this.store.readStream(streamName('intake.case', caseNumber));
    const state = stateFrom(events);
    if (state.status === 'not-opened') throw noSuchCase();
    return { state, events };
  }

  /** Those of these cases that pass `test`, as they are now. */
  async those(caseNumbers: readonly CaseNumber[], test: (state: Case) => boolean): Promise<Set<CaseNumber>> {
    if (caseNumbers.length === 0) return new Set();
    const streams = await this.store.readStreams(caseNumbers.map((one) => streamName('intake.case', one)));
    return new Set(
      caseNumbers.filter((one) => test(stateFrom(streams.get(streamName('intake.case', one)) ?? []))),
    );
  }

  /** The public events of a case. @throws ProblemException  404 where the case does not exist */
  async eventsOf(caseNumber: CaseNumber): Promise<readonly CaseEvent[]> {
    const stored = await this.store.readStream(streamName('intake.case', caseNumber));
    if (stored.length === 0) throw noSuchCase();
    return stored.flatMap((event) => (caseTopicSource.translate(event) as CaseEvent | null) ?? []);
  }
}

const stateFrom = (events: readonly RecordedEvent[]): Case =>
  fold(
    caseDecider,
    events.map(({ type, data }) => caseCodec.fromWire(type, data)),
  );

export const noSuchCase = (): Error => problem(404, 'no-such-case', 'There is no case of this number');
