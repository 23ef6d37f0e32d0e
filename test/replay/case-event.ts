import { isBlank, type SourceRow } from './columns.js';
import { districtsOf } from './districts.js';
import { instantOf } from './local-time.js';

/** A CloudEvent 1.0 in structured form, as `POST /events` takes it. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Name under which cases keep the number that the older system gave them. */
export const legacySystem = 'boston-311';

/** `urn:boston:legacy:citizens-connect-app`: each channel had its own adapter. */
export const adapterOf = (channel: string): string => {
  const slug = channel
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `urn:boston:legacy:${slug === '' ? 'unknown' : slug}`;
};

/** Photo links of a cell; several stand there as `a | b`. */
export const photosOf = (cell: string): readonly { readonly url: string }[] =>
  cell
    .split(' | ')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => ({ url }));

const locationOf = (row: SourceRow): Readonly<Record<string, unknown>> | undefined => {
  const location = {
    ...(isBlank(row.latitude) || isBlank(row.longitude)
      ? {}
      : { latitude: Number(row.latitude), longitude: Number(row.longitude) }),
    ...(isBlank(row.location) ? {} : { address: row.location }),
    ...(isBlank(row.location_street_name) ? {} : { street: row.location_street_name }),
    ...(isBlank(row.location_zipcode) ? {} : { zip: row.location_zipcode }),
  };
  return Object.keys(location).length === 0 ? undefined : location;
};

/**
 * What the row's channel would have sent when the report was made, with the older system's decisions beside it.
 * The cells `ontime`, `case_status`, `closure_reason`, `closed_dt` and `closedphoto` are not in it: those come later,
 * out of what the department does.
 * @throws RangeError  `open_dt` or `target_dt` is no local time
 */
export const reportOf = (row: SourceRow): CloudEvent => {
  const location = locationOf(row);
  const media = photosOf(row.submittedphoto);
  return {
    specversion: '1.0',
    id: row.case_enquiry_id,
    source: adapterOf(row.source),
    type: 'city311.report.submitted.v1',
    time: instantOf(row.open_dt),
    data: {
      serviceCode: `${row.subject}:${row.reason}:${row.type}`,
      ...(isBlank(row.case_title) || row.case_title === row.type ? {} : { title: row.case_title }),
      ...(isBlank(row.source) ? {} : { channel: row.source }),
      // The city had published the row, place and all; what our catalogue would hide today is public already.
      visibility: 'public',
      ...(location === undefined ? {} : { location }),
      ...(media.length === 0 ? {} : { media }),
      externalReferences: [{ system: legacySystem, id: row.case_enquiry_id }],
      imported: {
        departmentId: row.department,
        queue: row.queue,
        dueAt: isBlank(row.target_dt) ? null : instantOf(row.target_dt),
        districts: districtsOf(row),
        placePublished: true,
      },
    },
  };
};

/** Open again after a close: the clock goes on with the row's own target. `caseNumber` is the older system's. */
export const reopeningOf = (row: SourceRow): CloudEvent => ({
  specversion: '1.0',
  id: `${row.case_enquiry_id}:reopened`,
  source: adapterOf(row.source),
  type: 'city311.report.reopened.v1',
  time: instantOf(row.open_dt),
  data: {
    caseNumber: row.case_enquiry_id,
    dueAt: isBlank(row.target_dt) ? null : instantOf(row.target_dt),
  },
});
