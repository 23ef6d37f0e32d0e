import type { CaseNumber, ContactId, Place, ProtectedText } from '@city311/kernel';
import { z } from 'zod';

/*
 * Schemas of what crosses from other systems. The named types stay hand-written (they carry the docstrings, and cost
 * nothing at run time); each schema is compared with its type by the compiler, see `same.ts`.
 */

/** `meta` is what JSON Schema shows of it. */
const matching = <Value extends string>(pattern: RegExp, what: string) =>
  z
    .custom<Value>((value) => typeof value === 'string' && pattern.test(value), { error: `not ${what}` })
    .meta({ type: 'string', pattern: pattern.source, description: what });

/** Shape only; the check digit is intake's to judge. */
export const caseNumber = matching<CaseNumber>(/^[0-9]{12}$/, 'a case number of 12 digits');
export const instant = matching<string>(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/,
  'an instant in UTC, such as 2026-11-22T08:30:00.000Z',
).refine((value) => !Number.isNaN(Date.parse(value)), { error: 'not a date of the calendar' });
export const protectedText = matching<ProtectedText>(/^p1\.[\w-]+\.[\w-]*$/, 'a protected text');
export const contactId = matching<ContactId>(/^[^\s]{1,200}$/, 'a contact id');

export const name = z.string().min(1).max(500);
export const sequence = z.int().min(0);
export const districts = z.record(z.string(), z.string()).readonly();
export const priority = z.enum(['low', 'normal', 'high', 'emergency']);
export const visibility = z.enum(['public', 'staff', 'confidential']);
export const outcome = z.enum([
  'resolved',
  'noted',
  'scheduled',
  'invalid',
  'duplicate',
  'referred',
  'withdrawn',
  'other',
]);
export const sentences = z.array(z.string()).readonly();

export const writtenText = z.object({ original: protectedText, redacted: protectedText }).readonly();
export const externalReference = z.object({ system: name, id: name }).readonly();
export const mediaReference = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.literal('stored'), sha256: z.string().regex(/^[0-9a-f]{64}$/), contentType: name })
    .readonly(),
  z.object({ kind: z.literal('external'), url: z.string().min(1).max(2_000) }).readonly(),
]);
export const media = z.array(mediaReference).readonly();

export const place: z.ZodType<Place> = z
  .object({
    precision: z.enum(['point', 'address', 'block', 'unknown']),
    latitude: z.number().min(-90).max(90).exactOptional(),
    longitude: z.number().min(-180).max(180).exactOptional(),
    address: z.string().exactOptional(),
    street: z.string().exactOptional(),
    zip: z.string().exactOptional(),
    addressId: z.string().exactOptional(),
    districts: districts.exactOptional(),
    exact: protectedText.exactOptional(),
  })
  .readonly();
