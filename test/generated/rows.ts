import type { City, Service } from '@city311/city';

import type { SourceRow } from '../replay/columns.js';
import { instantOf } from '../replay/local-time.js';
import { trueOntime } from '../replay/truth.js';
import { changes, shares, type Kind } from './kinds.js';
import { between, pick, randomOf, type Random } from './random.js';
import { areas, crewWords, streets, things, type Area } from './vocabulary.js';
import { addHours } from './wall-time.js';

/** Open cases of generated rows are judged then. */
export const generatedAsOf = instantOf('2021-01-01 00:00:00');

export interface GeneratedRows {
  readonly rows: readonly SourceRow[];
  readonly kinds: ReadonlyMap<Kind, number>;
  /** Ids of the rows whose `ontime` cell is a lie, with the true value. */
  readonly falsified: ReadonlyMap<string, 'ONTIME' | 'OVERDUE'>;
}

export interface GenerateOptions {
  readonly seed: number;
  readonly count: number;
  /** The `ontime` cell of every so many rows says the opposite of its times; 0 = of none. */
  readonly falsifyEvery?: number;
  /** Last eight digits of the first row's id; the others count on from it. */
  readonly firstId?: number;
}

const cycle: readonly Kind[] = (Object.keys(shares) as Kind[]).flatMap((kind) =>
  Array.from({ length: shares[kind] }, () => kind),
);

/** Kinds come mixed, each in its share. 617 has no factor in common with 1000. */
const kindAt = (place: number): Kind => cycle[(place * 617) % cycle.length] ?? 'plain';

const queueOf = (city: City, service: Service, area: Area): string => {
  const queue = city.rule(service.rule)?.queue;
  if (queue === undefined) return 'No Queue Assigned To User';
  return queue.kind === 'fixed'
    ? queue.name
    : (queue.queues.get(area.pwd) ?? pick(() => 0, [...queue.queues.values()]));
};

const wardForms = (ward: number): readonly string[] => [
  `Ward ${ward}`,
  String(ward).padStart(2, '0'),
  String(ward),
];

const plainRow = (
  city: City,
  place: number,
  id: number,
  area: Area,
  service: Service,
  random: Random,
): SourceRow => {
  const open = addHours('2018-01-02 00:00:00', place * 5 + random() * 5);
  const closed = addHours(open, 0.2 + random() ** 3 * 900);
  const street = `${between(random, 1, 400)} ${pick(random, streets)}`;
  const dated =
    random() < 0.4 ? `Case Closed. Closed date : ${closed}.${between(random, 100, 999)}` : 'Case Closed';
  const number = between(random, 1, 99_999_999);
  return {
    case_enquiry_id: `1010${String(id)}`,
    open_dt: open,
    target_dt: addHours(open, between(random, 1, 30) * 12),
    closed_dt: closed,
    ontime: '',
    case_status: 'Closed',
    closure_reason: `${dated} ${pick(random, ['Case Resolved', 'Case Noted', 'Case Invalid'])} ${pick(random, crewWords)}${random() < 0.5 ? ' ' : ''}`,
    case_title: random() < 0.7 ? service.type : `PRINTED: ${pick(random, things)}`,
    subject: service.subject,
    reason: service.reason,
    type: service.type,
    queue: queueOf(city, service, area),
    department: service.departmentId,
    submittedphoto: random() < 0.2 ? `https://photos.example.org/${number}/report.jpg` : '',
    closedphoto: random() < 0.06 ? `https://photos.example.org/${number}/after.jpg` : '',
    location: `${street}  ${area.place}  MA  ${area.zip}`,
    fire_district: area.fire,
    pwd_district: area.pwd,
    city_council_district: area.council,
    police_district: area.police,
    neighborhood: area.neighborhood,
    neighborhood_services_district: area.services,
    ward: pick(random, wardForms(area.ward)),
    precinct: `${String(area.ward).padStart(2, '0')}${String(between(random, 1, 15)).padStart(2, '0')}`,
    location_street_name: street,
    location_zipcode: area.zip,
    latitude: String(Math.round((area.latitude + (random() - 0.5) * 0.01) * 10_000) / 10_000),
    longitude: String(Math.round((area.longitude + (random() - 0.5) * 0.01) * 10_000) / 10_000),
    source: pick(random, city.channels),
  };
};

const opposite = (ontime: 'ONTIME' | 'OVERDUE'): 'ONTIME' | 'OVERDUE' =>
  ontime === 'ONTIME' ? 'OVERDUE' : 'ONTIME';

/**
 * Requests as the older system would publish them, in its 29 columns, made of our own words and the city's
 * catalogue: every kind in its share, the same rows for the same seed.
 */
export const generateRows = (
  city: City,
  { seed, count, falsifyEvery = 0, firstId = 90_000_000 }: GenerateOptions,
): GeneratedRows => {
  const random = randomOf(seed);
  const services = city.services.filter(({ visibility }) => visibility === 'public');
  const kinds = new Map<Kind, number>();
  const falsified = new Map<string, 'ONTIME' | 'OVERDUE'>();
  const rows = Array.from({ length: count }, (_, place) => {
    const [area, service, other] = [pick(random, areas), pick(random, services), pick(random, services)];
    const plain = plainRow(city, place, firstId + place, area, service, random);
    const kind = kindAt(place);
    const elsewhere = { queue: queueOf(city, other, area), department: other.departmentId };
    const row = { ...plain, ...changes[kind](plain, { random, area, elsewhere }) };
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const truth = trueOntime(row, generatedAsOf);
    const lies = falsifyEvery > 0 && place % falsifyEvery === 0;
    if (lies) falsified.set(row.case_enquiry_id, truth);
    return { ...row, ontime: lies ? opposite(truth) : truth };
  });
  return { rows, kinds, falsified };
};
