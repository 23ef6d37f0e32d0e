import type { EventStore } from '@city311/eventing';
import { streamName, type CaseNumber } from '@city311/kernel';

import { createCaseHandler } from './case-handler.js';

/** Tells a case that everything written under a key is gone; views then drop it. Quiet the second time. */
export const eraseSubject = async (
  store: EventStore,
  caseNumber: CaseNumber,
  author: string,
  erasedAt: string,
): Promise<void> => {
  const stream = streamName('intake.case', caseNumber);
  const [first] = await store.readStream(stream);
  if (first === undefined) return;
  await createCaseHandler(store).handle(
    stream,
    { type: 'EraseSubject', data: { caseNumber, author, erasedAt } },
    {
      source: '/intake',
      subject: caseNumber,
      time: erasedAt,
      actor: 'operator:erase',
      jurisdiction: first.jurisdiction,
      imported: first.imported,
      correlationId: crypto.randomUUID(),
    },
  );
};
