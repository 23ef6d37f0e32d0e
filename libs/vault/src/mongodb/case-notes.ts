import { setTimeout as sleep } from 'node:timers/promises';

import type { CaseNumber } from '@city311/kernel';
import { insertNew } from '@city311/scheduling';

import type { Author } from '../vault.js';
import type { CaseNoteDocument, VaultCollections } from './documents.js';
import { InOneGo } from './in-one-go.js';

const firstWaitMs = 100;
const longestWaitMs = 10_000;

/** Which cases carry text of whom. */
export class CaseNotes {
  readonly #notes: VaultCollections['caseNotes'];
  readonly #inserts: InOneGo<CaseNoteDocument, true>;
  #closed = false;

  constructor({ caseNotes }: VaultCollections) {
    this.#notes = caseNotes;
    this.#inserts = new InOneGo(async (asks) => {
      const documents = new Map(asks.map((ask) => [ask._id, ask]));
      await insertNew(caseNotes, [...documents.values()]);
      return asks.map(() => true);
    });
  }

  /** Resolves once durable; tried again with growing waits until then, or until closed. Never rejects. */
  async add(author: Author, caseNumber: CaseNumber): Promise<void> {
    const document = { _id: `${author} ${caseNumber}`, author, caseNumber };
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        await this.#inserts.ask(document);
        return;
      } catch {
        // Not lost sight of: the writes in a hurry fail alike and say so, and this one is tried again.
        if (this.#closed) return new Promise(() => undefined);
        await sleep(waitMs, undefined, { ref: false });
      }
    }
  }

  async casesOf(author: Author): Promise<readonly CaseNumber[]> {
    await this.#inserts.settled();
    const rows = await this.#notes.find({ author }).sort({ caseNumber: 1 }).toArray();
    return rows.map(({ caseNumber }) => caseNumber);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#inserts.close();
  }
}
