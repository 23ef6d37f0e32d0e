import { accept, refuse } from '@city311/kernel';
import type { Command, Decider, DomainEvent, Instant } from '@city311/kernel';

/** From `publishedAt` on decisions name this version. `digest` pins the rules, which lie with the city profile. */
export type RuleSetPublished = DomainEvent<
  'RuleSetPublished',
  {
    readonly ruleSetId: string;
    readonly version: number;
    /** SHA-256 of the rules, hex. */
    readonly digest: string;
    readonly ruleCount: number;
    readonly publishedAt: Instant;
  }
>;
export type RuleSetEvent = RuleSetPublished;

export type PublishRuleSet = Command<'PublishRuleSet', Omit<RuleSetPublished['data'], 'version'>>;

/** The newest version of a rule set; 0 before the first. */
export type RuleSet =
  | { readonly status: 'unpublished' }
  | { readonly status: 'published'; readonly version: number; readonly digest: string };

export type RuleSetRefusal = { readonly code: 'no-rules' };

/** Versions count from 1; publishing rules that stand already changes nothing. Stream `routing.ruleset-<id>`. */
export const ruleSet: Decider<RuleSet, PublishRuleSet, RuleSetEvent, RuleSetRefusal> = {
  initialState: { status: 'unpublished' },
  decide: ({ data }, state) => {
    if (data.ruleCount <= 0) return refuse({ code: 'no-rules' });
    if (state.status === 'published' && state.digest === data.digest) return accept();
    const version = state.status === 'published' ? state.version + 1 : 1;
    return accept({ type: 'RuleSetPublished', data: { ...data, version } });
  },
  evolve: (_, { data }) => ({ status: 'published', version: data.version, digest: data.digest }),
};
