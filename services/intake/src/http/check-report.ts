import { createHash } from 'node:crypto';

import type { City, Service } from '@city311/city';
import { faultsOf, roleKind, type Clock, type Fault } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import type { SubmittedReport } from '../reports/submitted-report.js';
import { toInstant, type CloudEvent } from './cloud-event.js';
import { ReportSubmittedDto } from './report.dto.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
const dayMs = 86_400_000;
const fiveMinutesMs = 300_000;

/** Same content, same text: members in order of name. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );

const timeFaults = (time: string | undefined, historic: boolean, now: Date): readonly Fault[] => {
  if (time === undefined) return [];
  const age = now.getTime() - Date.parse(time);
  if (age < -fiveMinutesMs) return [{ path: 'time', message: 'must not lie in the future' }];
  return age > dayMs && !historic
    ? [{ path: 'time', message: 'may lie back one day at most, unless the key may import history' }]
    : [];
};

const cityFaults = (data: ReportSubmittedDto, service: Service | null, city: City): readonly Fault[] => [
  ...(service === null ? [{ path: 'data.serviceCode', message: 'is no service of this city' }] : []),
  ...(data.channel === undefined || city.channels.includes(data.channel)
    ? []
    : [{ path: 'data.channel', message: `must be one of: ${city.channels.join(', ')}` }]),
  ...(service?.questions ?? [])
    .filter(
      ({ code, required }) =>
        required &&
        data.imported === undefined &&
        data.answers?.some((answer) => answer.code === code) !== true,
    )
    .map(({ code }) => ({ path: 'data.answers', message: `${code} required` })),
];

const rightsFaults = (data: ReportSubmittedDto, mayImport: boolean): readonly Fault[] => {
  if (mayImport) return [];
  return [
    ...(data.imported === undefined
      ? []
      : [{ path: 'data.imported', message: 'needs a key of role importer' }]),
    ...(data.visibility === undefined
      ? []
      : [{ path: 'data.visibility', message: 'needs a key of role importer or operator' }]),
  ];
};

const importedFaults = (data: ReportSubmittedDto): readonly Fault[] =>
  Object.entries(data.imported?.districts ?? {})
    .filter(([, label]) => typeof label !== 'string' || label.length > 100)
    .map(([layer]) => ({
      path: `data.imported.districts.${layer}`,
      message: 'must be text of at most 100 characters',
    }));

/** Name under which a repeat is known: the key's name with the sender's own id, or the header that stands for it. */
export const receiptKeyOf = (caller: ApiKey, event: CloudEvent, idempotencyKey: string | undefined): string =>
  hash(
    JSON.stringify(
      idempotencyKey === undefined ? [caller.name, event.source, event.id] : [caller.name, idempotencyKey],
    ),
  );

export type CheckedReport = SubmittedReport & { readonly service: Service };

/** A submitted report with all that is wrong with it; the report only where nothing is. */
export const checkReport = (
  event: CloudEvent,
  caller: ApiKey,
  {
    city,
    clock,
    idempotencyKey,
  }: { readonly city: City; readonly clock: Clock; readonly idempotencyKey?: string },
):
  | { readonly report: CheckedReport; readonly faults: readonly [] }
  | { readonly faults: readonly Fault[] } => {
  const { value: data, faults: formFaults } = faultsOf(ReportSubmittedDto, event.data);
  const inForm = formFaults.map(({ path, message }) => ({
    path: path === '' ? 'data' : `data.${path}`,
    message,
  }));
  const kind = roleKind(caller);
  const mayImport = kind === 'importer' || kind === 'operator';
  const now = clock.now();
  const service = typeof data.serviceCode === 'string' ? city.service(data.serviceCode) : null;
  const faults = [
    ...inForm,
    ...timeFaults(event.time, mayImport, now),
    ...(inForm.length === 0 ? [...cityFaults(data, service, city), ...importedFaults(data)] : []),
    ...rightsFaults(data, mayImport),
  ];
  if (faults.length > 0 || service === null) return { faults };
  const { imported, serviceCode: _code, ...rest } = data;
  return {
    faults: [],
    report: {
      ...rest,
      service,
      serviceCode: service.code,
      receiptKey: receiptKeyOf(caller, event, idempotencyKey),
      digest: hash(canonical({ time: event.time, type: event.type, data: event.data })),
      language: data.language ?? 'en',
      channel: data.channel ?? 'Self Service',
      adapter: caller.name,
      openedAt: event.time ?? now.toISOString(),
      answers: data.answers ?? [],
      media: data.media ?? [],
      externalReferences: data.externalReferences ?? [],
      ...(imported === undefined
        ? {}
        : { imported: { ...imported, dueAt: imported.dueAt === null ? null : toInstant(imported.dueAt) } }),
    },
  };
};
