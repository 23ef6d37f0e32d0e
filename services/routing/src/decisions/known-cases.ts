import { TransientError } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { routableCasesTopic, type RoutableCase } from '../views/routable-cases.view.js';
import type { CaseToRoute } from './find-route.js';

const remembered = 20_000;
const waitMs = 5_000;

/** Facts of cases: heard lately, or looked up in the view, which may have to catch up first. */
export class KnownCases {
  readonly #heard = new Map<string, CaseToRoute>();

  constructor(
    private readonly view: Pick<View<RoutableCase>, 'getMany' | 'caughtUp'>,
    private readonly topics: Pick<TopicReader, 'head'>,
  ) {}

  hear({ caseNumber, serviceCode, openedAt, place, emergencyWords }: CaseToRoute): void {
    this.#heard.delete(caseNumber);
    this.#heard.set(caseNumber, { caseNumber, serviceCode, openedAt, place, emergencyWords });
    if (this.#heard.size <= remembered) return;
    const [oldest] = this.#heard.keys();
    if (oldest !== undefined) this.#heard.delete(oldest);
  }

  /** @throws TransientError  the view has not come as far as one of them */
  async of(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, CaseToRoute>> {
    const missingIn = (found: ReadonlyMap<string, unknown>): readonly string[] =>
      caseNumbers.filter((caseNumber) => !found.has(caseNumber));
    const found = new Map(await this.knownNow(caseNumbers));
    if (missingIn(found).length === 0) return found;
    await this.#catchUp();
    for (const [caseNumber, doc] of await this.view.getMany(missingIn(found))) found.set(caseNumber, doc);
    const [unknown] = missingIn(found);
    if (unknown !== undefined) throw new TransientError(`the case ${unknown} is not known yet`);
    return found;
  }

  /** Without waiting for those that the view does not show yet. */
  async knownNow(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, CaseToRoute>> {
    const found = new Map<string, CaseToRoute>();
    for (const caseNumber of caseNumbers) {
      const heard = this.#heard.get(caseNumber);
      if (heard !== undefined) found.set(caseNumber, heard);
    }
    const missing = caseNumbers.filter((caseNumber) => !found.has(caseNumber));
    if (missing.length === 0) return found;
    for (const [caseNumber, doc] of await this.view.getMany(missing)) found.set(caseNumber, doc);
    return found;
  }

  /** The case as the view shows it when it has all that is in the topic now, or after five seconds; null where there is none. */
  async standing(caseNumber: string): Promise<RoutableCase | null> {
    await this.#catchUp();
    return (await this.view.getMany([caseNumber])).get(caseNumber) ?? null;
  }

  async #catchUp(): Promise<void> {
    const head = await this.topics.head([routableCasesTopic]);
    if (head !== null) await this.view.caughtUp(head, waitMs);
  }
}
