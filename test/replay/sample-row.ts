import { columns, type SourceRow } from './columns.js';

/** A made-up closed request, for specs; `changes` replaces cells. */
export const sampleRow = (changes: Partial<SourceRow> = {}): SourceRow => {
  const blank = Object.fromEntries(columns.map((column) => [column, ''])) as Record<
    (typeof columns)[number],
    string
  >;
  return {
    ...blank,
    case_enquiry_id: '900000000001',
    open_dt: '2015-08-11 12:00:00',
    target_dt: '2015-08-13 08:30:00',
    closed_dt: '2015-08-12 09:15:00',
    ontime: 'ONTIME',
    case_status: 'Closed',
    closure_reason: 'Case Closed Case Resolved filled with cold patch',
    case_title: 'Pothole by the school gate',
    subject: 'Public Works Department',
    reason: 'Highway Maintenance',
    type: 'Request for Pothole Repair',
    queue: 'PWDx_District 02: Jamaica Plain',
    department: 'PWDx',
    location: '12 Lantern St  Jamaica Plain  MA  02130',
    fire_district: '9',
    ward: 'Ward 11',
    location_street_name: '12 Lantern St',
    location_zipcode: '02130',
    latitude: '42.311',
    longitude: '-71.11',
    source: 'Citizens Connect App',
    ...changes,
  };
};
