import { z } from 'zod';

import type { RoutingEvent } from '../routing.js';
import type { DataSchemas } from './data-schemas.js';
import { caseNumber, districts, instant, priority, sentences } from './vocabulary.schema.js';

const target = { caseNumber, departmentId: z.string(), queue: z.string() };
const due = instant.nullable();

export const routingSchemas = {
  'routing.RouteDecided.v1': z.object({
    ...target,
    priority,
    dueAt: due,
    districts,
    basis: z.enum(['rule', 'operator']),
    explanation: sentences,
    suggestedDuplicateOf: caseNumber.exactOptional(),
    ruleSetVersion: z.int().min(0),
    decidedAt: instant,
  }),
  'routing.SentToTriage.v1': z.object({
    ...target,
    reason: z.enum(['unknown-place', 'unknown-service', 'no-rule', 'handed-back', 'emergency-words']),
    dueAt: due,
    districts,
    explanation: sentences,
    suggestedDuplicateOf: caseNumber.exactOptional(),
    decidedAt: instant,
  }),
  'routing.FoundOutsideCity.v1': z.object({ ...target, explanation: sentences, decidedAt: instant }),
  'routing.ImportedRouteNoted.v1': z.object({
    ...target,
    dueAt: due,
    districts,
    opinion: z
      .object({ departmentId: z.string(), queue: z.string(), dueAt: due, explanation: sentences })
      .readonly()
      .nullable(),
    decidedAt: instant,
  }),
} satisfies DataSchemas<RoutingEvent>;
