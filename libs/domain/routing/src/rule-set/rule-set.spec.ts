import { describe, expect, it } from '@jest/globals';

import { fold } from '@city311/kernel';

import { ruleSet } from './rule-set.js';
import type { PublishRuleSet, RuleSetEvent } from './rule-set.js';

const publish = (digest: string, ruleCount = 12): PublishRuleSet => ({
  type: 'PublishRuleSet',
  data: { ruleSetId: 'boston', digest, ruleCount, publishedAt: '2026-07-01T16:00:00.000Z' },
});
const first: RuleSetEvent = { type: 'RuleSetPublished', data: { ...publish('aa').data, version: 1 } };

describe('PublishRuleSet', () => {
  it('records the first rules as version 1 and others as the next version', () => {
    expect(ruleSet.decide(publish('aa'), ruleSet.initialState)).toEqual({
      outcome: 'accepted',
      events: [first],
    });
    expect(ruleSet.decide(publish('bb'), fold(ruleSet, [first]))).toMatchObject({
      events: [{ type: 'RuleSetPublished', data: { version: 2, digest: 'bb' } }],
    });
  });

  it('stays quiet when the rules stand already', () => {
    expect(ruleSet.decide(publish('aa'), fold(ruleSet, [first]))).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });

  it('is refused where there is no rule', () => {
    expect(ruleSet.decide(publish('aa', 0), ruleSet.initialState)).toMatchObject({
      refusal: { code: 'no-rules' },
    });
  });
});
