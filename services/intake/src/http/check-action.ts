import { faultsOf, happenedAt, isHistory, roleKind, type Clock, type Fault } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import type { CaseAction } from '../reports/case-actions.js';
import { canonical, receiptKeyOf } from './check-report.js';
import type { CloudEvent } from './cloud-event.js';
import { PhotoAddedDto, ReportCommentedDto, ReportReopenedDto, ReportWithdrawnDto } from './report.dto.js';
import { timeFaults } from './times.js';

/** Types of events that say something about a case that there is. */
export const actionTypes = [
  'city311.report.commented.v1',
  'city311.report.photo-added.v1',
  'city311.report.withdrawn.v1',
  'city311.report.reopened.v1',
] as const;

export type ActionType = (typeof actionTypes)[number];

export const isActionType = (type: string): type is ActionType => actionTypes.some((known) => known === type);

const shapes = {
  'city311.report.commented.v1': ReportCommentedDto,
  'city311.report.photo-added.v1': PhotoAddedDto,
  'city311.report.withdrawn.v1': ReportWithdrawnDto,
  'city311.report.reopened.v1': ReportReopenedDto,
} as const;

const dueFaults = (data: ReportReopenedDto, mayImport: boolean): readonly Fault[] =>
  data.dueAt === undefined || mayImport
    ? []
    : [{ path: 'data.dueAt', message: 'needs a key of role importer' }];

/** What somebody wants done to a case, with all that is wrong with it; the action only where nothing is. */
export const checkAction = (
  event: CloudEvent & { readonly type: ActionType },
  caller: ApiKey,
  { clock, idempotencyKey }: { readonly clock: Clock; readonly idempotencyKey?: string },
): { readonly action: CaseAction; readonly faults: readonly [] } | { readonly faults: readonly Fault[] } => {
  const kind = roleKind(caller);
  const isStaff = kind === 'importer' || kind === 'operator';
  const read = faultsOf<ReportCommentedDto | PhotoAddedDto | ReportWithdrawnDto | ReportReopenedDto>(
    shapes[event.type],
    event.data,
  );
  const inForm = read.faults.map(({ path, message }) => ({
    path: path === '' ? 'data' : `data.${path}`,
    message,
  }));
  const reopening = read.value instanceof ReportReopenedDto ? read.value : null;
  const faults = [
    ...inForm,
    ...timeFaults(event.time, isStaff, clock.now()),
    ...(reopening === null || inForm.some(({ path }) => path.startsWith('data.dueAt'))
      ? []
      : dueFaults(reopening, isStaff)),
  ];
  if (faults.length > 0) return { faults };
  return {
    faults: [],
    action: {
      ...askedFor(read.value),
      ...(caller.system === undefined ? {} : { ownSystem: caller.system }),
      key: receiptKeyOf(caller, event, idempotencyKey),
      body: bodyOf(event),
      at: happenedAt(event.time, clock.now()),
      actor: `key:${caller.name}`,
      isStaff,
      isHistory: isStaff && isHistory(event.time, kind === 'importer', clock.now()),
    },
  };
};

/** What makes two sendings the same. The secret is no part of what is said: one may have got a new one meanwhile. */
const bodyOf = ({ time, type, data }: CloudEvent): string =>
  canonical({
    time,
    type,
    data: typeof data === 'object' ? { ...data, trackingSecret: undefined } : data,
  });

const askedFor = (
  data: ReportCommentedDto | PhotoAddedDto | ReportWithdrawnDto | ReportReopenedDto,
): Pick<CaseAction, 'caseNumber' | 'asked' | 'trackingSecret'> => {
  const { caseNumber, trackingSecret } = data;
  const on = { caseNumber, ...(trackingSecret === undefined ? {} : { trackingSecret }) };
  if (data instanceof ReportCommentedDto) {
    const { text, visibility = 'public', contact } = data;
    const comment = { type: 'comment', text, visibility } as const;
    return { ...on, asked: contact === undefined ? comment : { ...comment, contact } };
  }
  if (data instanceof PhotoAddedDto) return { ...on, asked: { type: 'add-photo', url: data.media.url } };
  const reason = data.reason === undefined ? {} : { reason: data.reason };
  if (data instanceof ReportWithdrawnDto) return { ...on, asked: { type: 'withdraw', ...reason } };
  const { dueAt } = data;
  if (dueAt === undefined) return { ...on, asked: { type: 'reopen', ...reason } };
  return { ...on, asked: { type: 'reopen', ...reason, dueAt } };
};
