import type { Envelope } from '@city311/kernel';
import { z } from 'zod';

import { instant, name, sequence } from './vocabulary.schema.js';

export const envelope: z.ZodType<Envelope> = z.object({
  id: z.uuid(),
  type: z.string().regex(/^[a-z]+\.[A-Z][A-Za-z]*\.v[0-9]+$/, { error: 'not <context>.<Event>.v<n>' }),
  source: name,
  subject: name,
  time: instant,
  stream: z.string().regex(/^[a-z]+\.[a-z]+-.+$/, { error: 'not <context>.<category>-<id>' }),
  sequence,
  recordedTime: instant,
  actor: name,
  channel: z.string().exactOptional(),
  jurisdiction: name,
  imported: z.boolean(),
  correlationId: name,
  causationId: name.exactOptional(),
  traceparent: z.string().exactOptional(),
});
