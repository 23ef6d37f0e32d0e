import type { City } from '@city311/city';
import { renderClosureText } from '@city311/contracts';

import { standingAsOf } from '../views/service-requests/service-requests.query.js';
import type { Closing, ServiceRequestDoc } from '../views/service-requests/service-requests.view.js';

/** Boston's 29 columns, in file order. */
export const legacyColumns = [
  'case_enquiry_id',
  'open_dt',
  'target_dt',
  'closed_dt',
  'ontime',
  'case_status',
  'closure_reason',
  'case_title',
  'subject',
  'reason',
  'type',
  'queue',
  'department',
  'submittedphoto',
  'closedphoto',
  'location',
  'fire_district',
  'pwd_district',
  'city_council_district',
  'police_district',
  'neighborhood',
  'neighborhood_services_district',
  'ward',
  'precinct',
  'location_street_name',
  'location_zipcode',
  'latitude',
  'longitude',
  'source',
] as const;

export type LegacyRow = Readonly<Record<(typeof legacyColumns)[number], string>>;

/** Written like one of ours, which the older system's are not: it may stand in the row of the case that has it. */
const looksLikeOurs = (id: string): boolean => /^(?!1010)\d{12}$/.test(id);

/** The older system's own number, which the export gives back, else ours. */
const numberOf = ({ references, imported, caseNumber }: ServiceRequestDoc, { olderSystem }: City): string =>
  references.find(({ system, id }) => system === olderSystem && (imported || !looksLikeOurs(id)))?.id ??
  caseNumber;

const closureText = ({ stamp, outcomeLabel: label, text }: Closing): string =>
  renderClosureText({ label, text: text?.words ?? '', ...(stamp === undefined ? {} : { stamp }) });

/**
 * One line of the open data: times, state, department and queue as they stood at `asOf` (ISO 8601 UTC); type, place and
 * title as they are now. Local times, codes and texts as Boston publishes them.
 */
export const legacyRow = (doc: ServiceRequestDoc, asOf: string, city: City): LegacyRow => {
  const service = city.service(doc.serviceCode);
  const standing = standingAsOf(doc, asOf);
  const { lastClosing } = standing;
  const { place, districts } = doc;
  const local = (instant: string | null): string => (instant === null ? '' : city.clock.toLocal(instant));
  return {
    case_enquiry_id: numberOf(doc, city),
    open_dt: local(doc.openedAt),
    target_dt: local(standing.dueAt),
    closed_dt: local(standing.closedAt),
    ontime: standing.onTime ? 'ONTIME' : 'OVERDUE',
    case_status: standing.status === 'open' ? 'Open' : 'Closed',
    closure_reason: lastClosing === null ? '' : closureText(lastClosing),
    case_title: doc.title?.words ?? service?.type ?? doc.serviceCode,
    subject: service?.subject ?? '',
    reason: service?.reason ?? '',
    type: service?.type ?? '',
    queue: standing.queue ?? '',
    department: standing.departmentId ?? '',
    submittedphoto: doc.photo ?? '',
    closedphoto: lastClosing?.photo ?? '',
    location: place.address ?? '',
    fire_district: districts['fire_district'] ?? '',
    pwd_district: districts['pwd_district'] ?? '',
    city_council_district: districts['city_council_district'] ?? '',
    police_district: districts['police_district'] ?? '',
    neighborhood: districts['neighborhood'] ?? '',
    neighborhood_services_district: districts['neighborhood_services_district'] ?? '',
    ward: districts['ward'] ?? '',
    precinct: districts['precinct'] ?? '',
    location_street_name: place.street ?? '',
    location_zipcode: place.zip ?? '',
    latitude: place.latitude === undefined ? '' : String(place.latitude),
    longitude: place.longitude === undefined ? '' : String(place.longitude),
    source: doc.channel,
  };
};
