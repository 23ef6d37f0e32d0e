import type { CaseEvent } from '@city311/contracts';
import { isCaseNumber, parseCaseNumber, type OpenedCase } from '@city311/domain-intake';
import type { EventStore } from '@city311/eventing';
import { streamName, type CaseNumber } from '@city311/kernel';
import { problem } from '@city311/platform';
import type { View } from '@city311/read-models';

import { caseTopicSource } from '../case.topic.js';
import { caseByAlias, type CaseReferencesDoc } from '../views/case-references.js';
import type { CaseHandler } from './case-handler.js';

/** Finds cases by number or by an older system's number, and reads them from their streams: read-your-own-write. */
export class CaseLookup {
  constructor(
    private readonly store: EventStore,
    private readonly cases: CaseHandler,
    private readonly references: View<CaseReferencesDoc>,
  ) {}

  /** @throws ProblemException  404 where nothing answers to it */
  async caseNumberOf(numberOrAlias: string): Promise<CaseNumber> {
    const own = parseCaseNumber(numberOrAlias);
    if (own !== null) return own;
    const found = await caseByAlias(this.references, numberOrAlias);
    if (found === null || !isCaseNumber(found)) throw noSuchCase();
    return found;
  }

  /** @throws ProblemException  404 where the case does not exist */
  async stateOf(caseNumber: CaseNumber): Promise<{ readonly state: OpenedCase; readonly imported: boolean }> {
    const [{ state }, [first]] = await Promise.all([
      this.cases.load(streamName('intake.case', caseNumber)),
      this.store.readStream(streamName('intake.case', caseNumber)),
    ]);
    if (state.status === 'not-opened' || first === undefined) throw noSuchCase();
    return { state, imported: first.imported };
  }

  /** The public events of a case. @throws ProblemException  404 where the case does not exist */
  async eventsOf(caseNumber: CaseNumber): Promise<readonly CaseEvent[]> {
    const stored = await this.store.readStream(streamName('intake.case', caseNumber));
    if (stored.length === 0) throw noSuchCase();
    return stored.flatMap((event) => (caseTopicSource.translate(event) as CaseEvent | null) ?? []);
  }
}

export const noSuchCase = (): Error => problem(404, 'no-such-case', 'There is no case of this number');
