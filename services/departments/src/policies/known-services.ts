import { TransientError, type PublicEvent } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { serviceToldBy, type CaseService } from '../views/case-services.js';

const remembered = 50_000;
const waitMs = 5_000;

/** What each case asks for: heard lately, or looked up in the view, which may have to catch up first. */
export class KnownServices {
  readonly #heard = new Map<string, string>();

  constructor(
    private readonly view: View<CaseService>,
    private readonly topics: TopicReader,
  ) {}

  hear(event: PublicEvent): void {
    const serviceCode = serviceToldBy(event);
    if (serviceCode === null) return;
    this.#heard.delete(event.subject);
    this.#heard.set(event.subject, serviceCode);
    if (this.#heard.size <= remembered) return;
    const [oldest] = this.#heard.keys();
    if (oldest !== undefined) this.#heard.delete(oldest);
  }

  /** @throws TransientError  the view has not come that far */
  async of(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let missing = caseNumbers.filter((caseNumber) => {
      const heard = this.#heard.get(caseNumber);
      if (heard !== undefined) found.set(caseNumber, heard);
      return heard === undefined;
    });
    for (const patient of [false, true]) {
      if (missing.length === 0) return found;
      if (patient) await this.#catchUp();
      for (const [caseNumber, { serviceCode }] of await this.view.getMany(missing))
        found.set(caseNumber, serviceCode);
      missing = missing.filter((caseNumber) => !found.has(caseNumber));
    }
    if (missing.length > 0) throw new TransientError(`the service of ${missing[0]} is not known yet`);
    return found;
  }

  async #catchUp(): Promise<void> {
    const head = await this.topics.head();
    if (head !== null) await this.view.caughtUp(head, waitMs);
  }
}
