import type { CaseRoutingEvent, RuleSetEvent } from '@city311/domain-routing';
import { createEventCodec } from '@city311/eventing';

export const caseRoutingCodec = createEventCodec<CaseRoutingEvent>({
  context: 'routing',
  types: {
    RouteDecided: 1,
    SentToTriage: 1,
    FoundOutsideCity: 1,
    ImportedRouteNoted: 1,
    ReclassificationNoted: 1,
    CloseNoted: 1,
    ReopeningNoted: 1,
  },
});

export const ruleSetCodec = createEventCodec<RuleSetEvent>({
  context: 'routing',
  types: { RuleSetPublished: 1 },
});
