import { z } from 'zod';

const label = z.string().min(1);
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const timeZone = label.refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is no time zone of this platform');
const month = z.int().min(1).max(12);
const weekday = z.int().min(0).max(6);
const degrees = z.number().min(-180).max(180);

export const cityFile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: label,
  jurisdiction: label,
  olderSystem: z
    .string()
    .regex(/^[a-z][a-z0-9.-]{0,59}$/)
    .optional(),
  languages: z.array(label).min(1),
  channels: z.array(label).min(1),
  place: z.strictObject({
    city: label,
    state: label,
    unknownPoints: z.array(
      z.strictObject({ latitude: degrees, longitude: degrees, withinMetres: z.number().positive() }),
    ),
    neighbors: z
      .array(z.strictObject({ name: label, zips: z.array(z.string().regex(/^\d{5}$/)) }))
      .default([]),
    bounds: z.strictObject({ south: degrees, west: degrees, north: degrees, east: degrees }),
  }),
  emergencyNumber: label,
});

const holidayRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed'),
    month,
    day: z.int().min(1).max(31),
    observed: z.enum(['same-day', 'sunday-to-monday']),
  }),
  z.strictObject({
    kind: z.literal('nth-weekday'),
    month,
    weekday,
    nth: z.union([z.int().min(1).max(4), z.literal(-1)]),
  }),
  z.strictObject({ kind: z.literal('easter'), offsetDays: z.int() }),
]);

export const calendarFile = z.strictObject({
  timeZone,
  workdays: z.array(weekday).min(1),
  opens: localTime,
  closes: localTime,
  holidays: z.array(
    z.strictObject({
      name: label,
      rule: holidayRule,
      since: z.int().optional(),
      until: z.int().optional(),
    }),
  ),
});

const question = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: label,
  datatype: z.enum(['string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist']),
  required: z.boolean(),
  values: z.array(z.strictObject({ key: label, name: label })).optional(),
});

export const priority = z.enum(['low', 'normal', 'high', 'emergency']);

const service = z.strictObject({
  code: label,
  name: label,
  subject: label,
  reason: label,
  type: label,
  department: label,
  rule: label,
  version: z.int().min(1).default(1),
  level: z
    .union([
      z.strictObject({ hours: z.number().positive() }),
      z.strictObject({ businessDays: z.int().min(0) }),
    ])
    .optional(),
  priority: priority.default('normal'),
  visibility: z.enum(['public', 'staff', 'confidential']).default('public'),
  privatePlace: z.boolean().default(false),
  duplicate: z
    .strictObject({ withinMetres: z.number().positive().max(1000), withinHours: z.number().positive() })
    .optional(),
  trouble: label.optional(),
  aliases: z.array(label).default([]),
  keywords: z.array(label).default([]),
  questions: z.array(question).default([]),
});

export const catalogueFile = z.strictObject({ version: z.int().min(1), services: z.array(service).min(1) });

export const departmentsFile = z.strictObject({
  departments: z.array(z.strictObject({ id: label, name: label })).min(1),
});

export const queuesFile = z.strictObject({
  triage: z.strictObject({
    unknownPlace: label,
    unknownService: label,
    handedBack: label,
    emergency: label,
    outsideCity: label,
  }),
  byPlace: z.record(label, z.strictObject({ layer: label, queues: z.record(label, label) })),
  byFunction: z.array(z.strictObject({ name: label, department: label })),
});

export const rulesFile = z.strictObject({
  version: z.int().min(1),
  rules: z.array(
    z.strictObject({
      name: label,
      department: label,
      queue: z.union([label, z.strictObject({ byPlace: label })]),
    }),
  ),
});

const menuItem = z.strictObject({ group: label, name: label, service: label });

export const menuFile = z.strictObject({
  items: z.array(menuItem),
  highVolume: z.array(label),
  seasons: z.array(z.strictObject({ name: label, months: z.array(month).min(1), items: z.array(menuItem) })),
});

export const emergencyFile = z.strictObject({
  words: z.record(label, z.array(z.strictObject({ say: label, except: z.array(label).optional() }))),
});

export const profileFiles = {
  city: cityFile,
  calendar: calendarFile,
  catalogue: catalogueFile,
  departments: departmentsFile,
  queues: queuesFile,
  rules: rulesFile,
  menu: menuFile,
  emergency: emergencyFile,
} as const;

/** The hand-written files of a city profile, each parsed; not yet checked against each other. */
export type Profile = { readonly [Name in keyof typeof profileFiles]: z.infer<(typeof profileFiles)[Name]> };
