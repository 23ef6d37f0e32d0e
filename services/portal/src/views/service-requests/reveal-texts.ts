import { keyIdOf, type CaseEvent } from '@city311/contracts';
import type { ProtectedText, PublicEvent } from '@city311/kernel';
import type { Vault } from '@city311/vault';

import type { Revealed } from './service-requests.projection.js';

type Slot = keyof NonNullable<Revealed['revealed']>;

const textsOf = (event: CaseEvent): readonly (readonly [Slot, ProtectedText])[] => {
  switch (event.type) {
    case 'intake.CaseOpened.v1': {
      const { title, description } = event.data;
      return [
        ...(title === undefined ? [] : ([['title', title]] as const)),
        ...(description === undefined ? [] : ([['description', description]] as const)),
      ];
    }
    case 'intake.CaseClosed.v1':
      return event.data.text === undefined ? [] : [['text', event.data.text]];
    default:
      return [];
  }
};

/** Puts the public words of a batch beside its events, with one call to the vault. */
export const revealTexts =
  (vault: Vault) =>
  async (events: readonly PublicEvent[]): Promise<readonly PublicEvent[]> => {
    const slots = events.map((event) => textsOf(event as CaseEvent));
    const wanted = slots.flatMap((texts) => texts.map(([, text]) => text));
    if (wanted.length === 0) return events;
    const words = await vault.reveal(wanted);
    let next = 0;
    return events.map((event, index) => {
      const revealed: Record<string, { words: string; keyId: string }> = {};
      for (const [slot, text] of slots[index] ?? []) {
        const found = words[next++];
        if (typeof found === 'string') revealed[slot] = { words: found, keyId: keyIdOf(text) };
      }
      return { ...event, revealed };
    });
  };
