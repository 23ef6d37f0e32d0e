import type { City } from '@city311/city';
import { ruleSet } from '@city311/domain-routing';
import { createCommandHandler, type EventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import type { Clock } from '@city311/platform';

import { ruleSetCodec } from '../routing.codec.js';

/** The version of the profile's rules that decisions name. Rules that changed since the last start are published. */
export class RuleSets {
  #version: number;

  constructor(
    private readonly store: EventStore,
    private readonly city: City,
    private readonly clock: Clock,
  ) {
    this.#version = city.ruleSetVersion;
  }

  get version(): number {
    return this.#version;
  }

  async publish(): Promise<void> {
    const { city } = this;
    const publishedAt = this.clock.now().toISOString();
    const handler = createCommandHandler(this.store, ruleSet, ruleSetCodec);
    const stream = streamName('routing.ruleset', city.id);
    const handled = await handler.handle(
      stream,
      {
        type: 'PublishRuleSet',
        data: { ruleSetId: city.id, digest: city.ruleSetDigest, ruleCount: city.ruleCount, publishedAt },
      },
      {
        source: '/routing',
        subject: stream,
        time: publishedAt,
        actor: 'policy:publish-rule-set',
        jurisdiction: city.jurisdiction,
        imported: false,
        correlationId: `${stream}:${city.ruleSetDigest}`,
      },
    );
    if (handled.outcome === 'refused')
      throw new Error(`the city's rules were refused: ${handled.refusal.code}`);
    if (handled.state.status === 'published') this.#version = handled.state.version;
  }
}
