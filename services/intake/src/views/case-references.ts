import { topics, type CaseEvent } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import type { Projection, View } from '@city311/read-models';

/**
 * Numbers that older systems gave a case, so that it answers to them too: to the first three. Cases without any have
 * no document.
 */
export interface CaseReferencesDoc {
  readonly caseNumber: string;
  readonly references: readonly { readonly system: string; readonly id: string }[];
}

export const caseReferencesProjection: Projection<CaseReferencesDoc> = {
  view: {
    name: 'case_references',
    version: 2,
    columns: {
      alias: { type: 'text', value: (doc) => doc.references[0]?.id ?? null },
      second_alias: { type: 'text', value: (doc) => doc.references[1]?.id ?? null },
      third_alias: { type: 'text', value: (doc) => doc.references[2]?.id ?? null },
    },
    indexes: [['alias'], ['second_alias'], ['third_alias']],
  },
  types: ['intake.CaseOpened.v1'],
  keyOf: (event) => event.subject,
  apply: (doc, event: PublicEvent) => {
    const opened = event as CaseEvent;
    if (opened.type !== 'intake.CaseOpened.v1' || opened.data.externalReferences.length === 0) return doc;
    return { caseNumber: opened.data.caseNumber, references: opened.data.externalReferences };
  },
};

export const caseReferencesTopic = topics.case.name;

/** Case number behind an older system's number; null where nobody knows it. */
export const caseByAlias = async (view: View<CaseReferencesDoc>, alias: string): Promise<string | null> => {
  // One after the other: nearly every alias is its case's first.
  for (const column of ['alias', 'second_alias', 'third_alias']) {
    const { items } = await view.find({ where: { [column]: alias }, limit: 1 });
    if (items[0] !== undefined) return items[0].caseNumber;
  }
  return null;
};
