import { topics, type CaseEvent } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import type { Projection, View } from '@city311/read-models';

/**
 * Numbers that other systems gave a case, so that it answers to them too: to the first three. Cases without any have
 * no document.
 */
export interface CaseReferencesDoc {
  readonly caseNumber: string;
  readonly references: readonly { readonly system: string; readonly id: string }[];
  /** There where the case came from an older system's history. */
  readonly imported?: true;
}

export const aliasColumns = ['alias', 'second_alias', 'third_alias'] as const;

export const caseReferencesProjection: Projection<CaseReferencesDoc> = {
  view: {
    name: 'case_references',
    version: 3,
    readableFrom: 2,
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
    const { caseNumber, externalReferences } = opened.data;
    return { caseNumber, references: externalReferences, ...(event.imported ? { imported: true } : {}) };
  },
};

export const caseReferencesTopic = topics.case.name;

/** `system:id`, or an id alone; no id has a colon. */
const readAlias = (alias: string): { readonly system: string | null; readonly id: string } => {
  const at = alias.indexOf(':');
  return at < 0
    ? { system: null, id: alias }
    : { system: alias.slice(0, at), id: alias.slice(at + 1).trim() };
};

/** More cases than this under one id are as good as none. */
const mostBearers = 100;

/**
 * Case number behind an alias: another system's id, or `system:id`. An id alone means the first of `systems` that knows
 * it, or else the only system that does; null where nobody knows it or several systems mean different cases. Of two
 * cases that one system names alike, the one from its own history goes first, then the older one.
 */
export const caseByAlias = async (
  view: View<CaseReferencesDoc>,
  alias: string,
  systems: readonly string[],
): Promise<string | null> => {
  const { system, id } = readAlias(alias);
  const { items } = await view.find({
    anyOf: aliasColumns.map((column) => ({ [column]: id })),
    limit: mostBearers,
  });
  const bySystem = new Map<string, CaseReferencesDoc[]>();
  for (const doc of items)
    for (const { system: name } of doc.references
      .slice(0, aliasColumns.length)
      .filter((one) => one.id === id))
      bySystem.set(name, [...(bySystem.get(name) ?? []), doc]);
  const meant = system ?? systems.find((name) => bySystem.has(name));
  const bearers =
    meant === undefined
      ? bySystem.size === 1 || new Set(items.map(({ caseNumber }) => caseNumber)).size === 1
        ? items
        : []
      : (bySystem.get(meant) ?? []);
  return first(bearers)?.caseNumber ?? null;
};

const first = (docs: readonly CaseReferencesDoc[]): CaseReferencesDoc | undefined =>
  [...docs].sort(
    (one, other) =>
      Number(other.imported ?? false) - Number(one.imported ?? false) ||
      one.caseNumber.localeCompare(other.caseNumber),
  )[0];
