import type { SourceRow } from '../replay/columns.js';
import { between, pick, type Random } from './random.js';
import {
  crewWords,
  emojiWords,
  foreignWords,
  quotedWords,
  rightToLeftWords,
  streets,
  type Area,
} from './vocabulary.js';
import { addHours } from './wall-time.js';

/** What is special about a generated row, and how many of a thousand are so. */
export const shares = {
  plain: 380,
  open: 100,
  'open without target': 30,
  reopened: 50,
  rerouted: 80,
  duplicate: 60,
  'closed before open': 30,
  'no target': 70,
  intersection: 80,
  unlocated: 40,
  'blank cells as spaces': 10,
  'clocks went back': 10,
  'clocks went forward': 1,
  unicode: 19,
  'right to left': 10,
  emoji: 10,
  'quotes and new lines': 20,
} as const;

export type Kind = keyof typeof shares;

/** What a change may draw on. */
export interface Around {
  readonly random: Random;
  readonly area: Area;
  /** A queue and department other than the catalogue's own for the service. */
  readonly elsewhere: { readonly queue: string; readonly department: string };
}

type Change = (row: SourceRow, around: Around) => Partial<SourceRow>;

const stillOpen: Change = () => ({
  case_status: 'Open',
  closed_dt: '',
  closure_reason: ' ',
  closedphoto: '',
});

const words =
  (from: readonly string[]): Change =>
  (_, { random }) => ({
    case_title: pick(random, from).replace(/[\r\n\t]+/g, ' '),
    closure_reason: `Case Closed Case Resolved ${pick(random, from)}`,
  });

const unlocated = {
  location: ' ',
  location_street_name: ' ',
  location_zipcode: '',
  latitude: '42.3594',
  longitude: '-71.0587',
  fire_district: ' ',
  pwd_district: ' ',
  city_council_district: ' ',
  police_district: ' ',
  neighborhood: ' ',
  neighborhood_services_district: ' ',
  ward: ' ',
  precinct: ' ',
};

/** Turns a plain closed row into one of a kind; `ontime` is put in afterwards. */
export const changes: Readonly<Record<Kind, Change>> = {
  plain: () => ({}),
  open: stillOpen,
  'open without target': (row, around) => ({ ...stillOpen(row, around), target_dt: '' }),
  reopened: (_, { random }) => ({
    case_status: 'Open',
    closed_dt: '',
    closure_reason: `Case Closed Case Noted ${pick(random, crewWords)}`,
  }),
  rerouted: (_, { elsewhere }) => elsewhere,
  duplicate: (row) => ({
    closure_reason: `Case Closed. Closed date : ${row.closed_dt}.${row.case_enquiry_id.slice(-3)} Duplicate of Existing Case`,
  }),
  'closed before open': (row, { random }) => ({ closed_dt: addHours(row.open_dt, -between(random, 1, 90)) }),
  'no target': () => ({ target_dt: '' }),
  intersection: (_, { random, area }) => {
    const [one, other] = [pick(random, streets), pick(random, streets)];
    return {
      location: `INTERSECTION of ${one} & ${other}  ${area.place}  MA  `,
      location_street_name: `INTERSECTION ${one} & ${other}`,
      location_zipcode: '',
    };
  },
  unlocated: () => unlocated,
  'blank cells as spaces': () => ({
    submittedphoto: ' ',
    closedphoto: ' ',
    location_zipcode: ' ',
    target_dt: ' ',
  }),
  'clocks went back': () => ({
    open_dt: '2019-11-03 01:15:00',
    target_dt: '2019-11-03 01:45:00',
    closed_dt: '2019-11-03 01:30:00',
  }),
  'clocks went forward': () => ({
    open_dt: '2019-03-10 02:30:00',
    target_dt: '2019-03-12 08:30:00',
    closed_dt: '2019-03-11 09:00:00',
  }),
  unicode: words(foreignWords),
  'right to left': words(rightToLeftWords),
  emoji: words(emojiWords),
  'quotes and new lines': words(quotedWords),
};
