import { assertNever } from '@city311/kernel';
import type { CaseNumber, ContactId, Instant, MediaReference, Outcome, ProtectedText } from '@city311/kernel';

import type { NoticeFacts, ParentNews, Template } from '../notice/notice.events.js';

export interface Follower {
  readonly contactId: ContactId;
  readonly language: string;
  readonly serviceCode: string;
}

/** A public event of a case, reduced to what followers may want to hear. */
export interface CaseNews {
  readonly caseNumber: CaseNumber;
  /** Wire type and place in the case's stream. */
  readonly type: string;
  readonly sequence: number;
  readonly imported: boolean;
  readonly told: Told;
}

export type Told =
  | {
      readonly kind: 'routed';
      readonly basis: 'rule' | 'operator' | 'imported' | 'triage';
      readonly departmentId: string;
      readonly dueAt: Instant | null;
    }
  /** `parent` is null where it may not be shown to everybody who may see the case. */
  | { readonly kind: 'linked'; readonly parent: CaseNumber | null }
  /** Something became of the case that this one follows; `follows`: and goes on following. */
  | { readonly kind: 'parent-news'; readonly news: ParentNews; readonly follows: boolean }
  | { readonly kind: 'referred'; readonly agency: string }
  | { readonly kind: 'scheduled'; readonly scheduledFor: Instant }
  | { readonly kind: 'paused'; readonly reason: string }
  | {
      readonly kind: 'closed';
      readonly outcome: Outcome;
      readonly outcomeLabel: string;
      readonly text?: ProtectedText;
      readonly media: readonly MediaReference[];
      /** Where the close followed the parent's: how that one was closed. Its words are `text` then. */
      readonly parentNews?: ParentNews;
    }
  | { readonly kind: 'reopened'; readonly dueAt: Instant | null; readonly parentNews?: ParentNews }
  | { readonly kind: 'withdrawn' };

export interface NoticeDraft {
  /** `<case number>-<sequence>-<contact>`: the same news told twice to one person is the same notice. */
  readonly noticeId: string;
  readonly caseNumber: CaseNumber;
  readonly contactId: ContactId;
  readonly about: { readonly type: string; readonly sequence: number };
  readonly template: Template;
  readonly language: string;
  readonly facts: NoticeFacts;
}

const due = (dueAt: Instant | null): { dueAt?: Instant } => (dueAt === null ? {} : { dueAt });

const news = (parentNews: ParentNews | undefined): { parentNews?: ParentNews } =>
  parentNews === undefined ? {} : { parentNews };

const wording = (told: Told): { readonly template: Template; readonly facts: NoticeFacts } | null => {
  switch (told.kind) {
    case 'routed': {
      const { departmentId, dueAt } = told;
      if (told.basis === 'imported') return null;
      if (told.basis === 'triage') return { template: 'in-triage', facts: due(dueAt) };
      const template = told.basis === 'operator' ? 'passed-on' : 'received';
      return { template, facts: { departmentId, ...due(dueAt) } };
    }
    case 'linked':
      return { template: 'linked', facts: told.parent === null ? {} : { parent: told.parent } };
    case 'parent-news':
      // Which case it follows from now on is told by the link itself.
      if (told.news.kind === 'joined') return null;
      return { template: 'parent-news', facts: { parentNews: told.news, follows: told.follows } };
    case 'referred':
      return { template: 'referred', facts: { agency: told.agency } };
    case 'scheduled':
      return { template: 'scheduled', facts: { scheduledFor: told.scheduledFor } };
    case 'paused':
      return { template: 'paused', facts: { reason: told.reason } };
    case 'closed': {
      if (told.outcome === 'withdrawn') return null;
      const { outcome, outcomeLabel, text, media } = told;
      const facts: NoticeFacts = { outcome, outcomeLabel, media, ...news(told.parentNews) };
      return { template: 'closed', facts: text === undefined ? facts : { ...facts, text } };
    }
    case 'reopened':
      return { template: 'reopened', facts: { ...due(told.dueAt), ...news(told.parentNews) } };
    case 'withdrawn':
      return null; // the reporter knows: they did it
    default:
      return assertNever(told);
  }
};

/**
 * Who is told what: one message for each follower and public event, none for history taken over from an older
 * system and none where the reporter took the report back.
 */
export const noticesFor = (event: CaseNews, followers: readonly Follower[]): readonly NoticeDraft[] => {
  if (event.imported || followers.length === 0) return [];
  const words = wording(event.told);
  if (words === null) return [];
  const { caseNumber, type, sequence } = event;
  return followers.map(({ contactId, language, serviceCode }) => ({
    noticeId: `${caseNumber}-${sequence}-${contactId}`,
    caseNumber,
    contactId,
    about: { type, sequence },
    template: words.template,
    language,
    facts: { serviceCode, ...words.facts },
  }));
};
