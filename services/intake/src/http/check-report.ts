import { createHash } from 'node:crypto';

import type { City, Service } from '@city311/city';
import { isCaseNumber } from '@city311/domain-intake';
import {
  cleanText,
  faultsOf,
  happenedAt,
  roleKind,
  textFault,
  type Clock,
  type Fault,
} from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import type { SubmittedReport } from '../reports/submitted-report.js';
import type { CloudEvent } from './cloud-event.js';
import { ReportSubmittedDto } from './report.dto.js';
import { timeFaults } from './times.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** Same content, same text: members in order of name. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );

/** What is wrong with the answers, by the city's catalogue. */
const answerFaults = (
  data: ReportSubmittedDto,
  service: Service,
  keepsUndeclared: boolean,
): readonly Fault[] => {
  const answers = data.answers ?? [];
  const missing = service.questions
    .filter(
      ({ code, required }) => required && !answers.some((answer) => answer.code === code && isGiven(answer)),
    )
    .map(({ code }) => ({ path: 'data.answers', message: `${code} required` }));
  const unknown = answers.flatMap((answer, index) => {
    const question = service.questions.find(({ code }) => code === answer.code);
    const path = `data.answers.${index}.value`;
    if (question === undefined) {
      const codes = service.questions.map(({ code }) => code).join(', ') || 'none';
      const told = `is no question of this service, which asks: ${codes}`;
      return keepsUndeclared ? [] : [{ path: `data.answers.${index}.code`, message: told }];
    }
    const isAgain = answers.findIndex(({ code }) => code === answer.code) < index;
    if (isAgain && question.datatype !== 'multivaluelist')
      return [{ path: `data.answers.${index}.code`, message: `${answer.code} is there twice` }];
    if (question.values.length === 0 || !isGiven(answer)) return [];
    const values = typeof answer.value === 'string' ? [answer.value] : answer.value;
    if (question.datatype === 'singlevaluelist' && values.length > 1)
      return [{ path, message: `${answer.code} takes one value` }];
    const keys = question.values.map(({ key }) => key);
    return values.every((value) => keys.includes(value))
      ? []
      : [{ path, message: `${answer.code} must be one of: ${keys.join(', ')}` }];
  });
  return [...missing, ...unknown];
};

const isGiven = ({ value }: { readonly value: string | readonly string[] }): boolean =>
  typeof value === 'string' ? value !== '' : value.some((item) => item !== '');

/** Members with a fault of form are left out, so that each is told once. */
const cityFaults = (
  data: ReportSubmittedDto,
  service: Service | null,
  city: City,
  hasFormFault: (member: string) => boolean,
  keepsUndeclared: boolean,
): readonly Fault[] => [
  ...(service === null && !hasFormFault('serviceCode')
    ? [{ path: 'data.serviceCode', message: 'is no service of this city' }]
    : []),
  ...(data.channel === undefined || hasFormFault('channel') || city.channels.includes(data.channel)
    ? []
    : [{ path: 'data.channel', message: `must be one of: ${city.channels.join(', ')}` }]),
  // What an older system asked is its own; its answers are taken as they are.
  ...(service === null || data.imported !== undefined || hasFormFault('answers')
    ? []
    : answerFaults(data, service, keepsUndeclared)),
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

/** Only who was made to speak for a system may say which of its records a report is. */
const referenceFaults = (
  { externalReferences: references = [] }: ReportSubmittedDto,
  { system }: ApiKey,
  mayImport: boolean,
  { olderSystem }: City,
): readonly Fault[] =>
  references.flatMap((reference, index) => {
    const path = `data.externalReferences.${index}`;
    const same = (one: typeof reference): boolean =>
      one.system === reference.system && one.id === reference.id;
    return [
      ...(mayImport || reference.system === system
        ? []
        : [
            {
              path: `${path}.system`,
              message:
                system === undefined
                  ? 'needs a key of role importer, or one made for this system'
                  : `must be ${system}: this key speaks for no other`,
            },
          ]),
      // The open data shows such an id where our own number would stand.
      ...(reference.system === olderSystem && isCaseNumber(reference.id)
        ? [{ path: `${path}.id`, message: "must not have the form of this city's own case numbers" }]
        : []),
      ...(references.findIndex(same) < index ? [{ path, message: 'is there twice' }] : []),
    ];
  });

const layerPattern = /^[a-z][a-z0-9_]{0,39}$/;

const importedFaults = ({ imported }: ReportSubmittedDto): readonly Fault[] => {
  if (imported === undefined) return [];
  return Object.entries(imported.districts).flatMap(([layer, label]: [string, unknown]) => {
    const path = `data.imported.districts.${layer}`;
    if (!layerPattern.test(layer)) return [{ path, message: 'is no name of a layer, such as fire_district' }];
    const fault = textFault(label, 100);
    return fault === null ? [] : [{ path, message: fault }];
  });
};

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** A key named after one of the city's channels ("twitter", "city-worker-app-2") speaks for it. */
const channelOf = ({ name }: ApiKey, city: City): string =>
  city.channels.find((channel) => `${slug(name)}-`.startsWith(`${slug(channel)}-`)) ?? 'Self Service';

/** Name under which a repeat is known: the key's name with the sender's own id, or the header that stands for it. */
export const receiptKeyOf = (caller: ApiKey, event: CloudEvent, idempotencyKey: string | undefined): string =>
  hash(
    JSON.stringify(
      idempotencyKey === undefined ? [caller.name, event.source, event.id] : [caller.name, idempotencyKey],
    ),
  );

export type CheckedReport = SubmittedReport & { readonly service: Service };

/** With what nobody asked for, flagged; a ZIP code that cannot be read has no better place. */
const answersOf = (
  { answers = [], imported, location }: ReportSubmittedDto,
  service: Service,
  city: City,
): SubmittedReport['answers'] => {
  const given = answers.filter(isGiven).map(({ code, value }) => ({ code, value }));
  // What an older system asked is its own.
  if (imported !== undefined) return given;
  const zip = location?.zip ?? '';
  const flagged = given.map((answer) =>
    service.questions.some(({ code }) => code === answer.code)
      ? answer
      : ({ ...answer, undeclared: true } as const),
  );
  return zip === '' || city.zipOf(zip) !== null
    ? flagged
    : [...flagged, { code: 'location.zip', value: zip, undeclared: true }];
};

export interface CheckOptions {
  readonly city: City;
  readonly clock: Clock;
  readonly idempotencyKey?: string;
  /** Answers that the service does not ask for are no fault, but kept and flagged: live Open311 clients send them. */
  readonly keepsUndeclared?: boolean;
}

/** A submitted report with all that is wrong with it; the report only where nothing is. */
export const checkReport = (
  event: CloudEvent,
  caller: ApiKey,
  { city, clock, idempotencyKey, keepsUndeclared = false }: CheckOptions,
):
  | { readonly report: CheckedReport; readonly faults: readonly [] }
  | { readonly faults: readonly Fault[] } => {
  const { value: data, faults: formFaults, isRead } = faultsOf(ReportSubmittedDto, event.data);
  const inForm = formFaults.map(({ path, message }) => ({
    path: path === '' ? 'data' : `data.${path}`,
    message,
  }));
  const kind = roleKind(caller);
  const mayImport = kind === 'importer' || kind === 'operator';
  if (!isRead) return { faults: [...inForm, ...timeFaults(event.time, mayImport, clock.now())] };
  const hasFormFault = (member: string): boolean =>
    inForm.some(
      ({ path }) => `${path}.`.startsWith(`data.${member}.`) || `data.${member}.`.startsWith(`${path}.`),
    );
  const service = hasFormFault('serviceCode') ? null : city.service(data.serviceCode);
  const faults = [
    ...inForm,
    ...timeFaults(event.time, mayImport, clock.now()),
    ...cityFaults(data, service, city, hasFormFault, keepsUndeclared),
    ...(hasFormFault('imported.districts') ? [] : importedFaults(data)),
    ...rightsFaults(data, mayImport),
    ...(hasFormFault('externalReferences') ? [] : referenceFaults(data, caller, mayImport, city)),
  ];
  if (faults.length > 0 || service === null) return { faults };
  const { imported, serviceCode: _code, title, ...rest } = data;
  return {
    faults: [],
    report: {
      ...rest,
      // History is told back to the letter.
      ...(title === undefined ? {} : { title: imported === undefined ? cleanText(title) : title }),
      service,
      serviceCode: service.code,
      receiptKey: receiptKeyOf(caller, event, idempotencyKey),
      digest: hash(canonical({ time: event.time, type: event.type, data: event.data })),
      language: data.language ?? 'en',
      channel: data.channel ?? channelOf(caller, city),
      adapter: caller.name,
      openedAt: happenedAt(event.time, clock.now()),
      answers: answersOf(data, service, city),
      media: data.media ?? [],
      externalReferences: data.externalReferences ?? [],
      ...(imported === undefined ? {} : { imported }),
    },
  };
};
