/** Parts of the city with labels in the forms that the older system uses; points are rough centres. */
export interface Area {
  readonly neighborhood: string;
  readonly place: string;
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly fire: string;
  readonly pwd: string;
  readonly council: string;
  readonly police: string;
  readonly services: string;
  readonly ward: number;
}

const area = (
  neighborhood: string,
  place: string,
  zip: string,
  [latitude, longitude]: readonly [number, number],
  [fire, pwd, council, police, services, ward]: readonly [string, string, string, string, string, number],
): Area => ({ neighborhood, place, zip, latitude, longitude, fire, pwd, council, police, services, ward });

export const areas: readonly Area[] = [
  area('Dorchester', 'Dorchester', '02122', [42.297, -71.058], ['7', '07', '3', 'C11', '5', 16]),
  area('Roxbury', 'Roxbury', '02119', [42.325, -71.085], ['4', '10B', '7', 'B2', '13', 12]),
  area('Jamaica Plain', 'Jamaica Plain', '02130', [42.31, -71.112], ['9', '02', '6', 'E13', '11', 19]),
  area('Allston / Brighton', 'Brighton', '02135', [42.35, -71.15], ['11', '04', '9', 'D14', '15', 22]),
  area('East Boston', 'East Boston', '02128', [42.376, -71.035], ['1', '09', '1', 'A7', '1', 1]),
  area('West Roxbury', 'West Roxbury', '02132', [42.282, -71.158], ['12', '06', '6', 'E5', '12', 20]),
  area('Hyde Park', 'Hyde Park', '02136', [42.256, -71.122], ['12', '08', '5', 'E18', '10', 18]),
  area('Greater Mattapan', 'Mattapan', '02126', [42.276, -71.092], ['8', '07', '4', 'B3', '9', 14]),
  area('Charlestown', 'Charlestown', '02129', [42.378, -71.063], ['3', '1A', '1', 'A15', '2', 2]),
  area('South End', 'Boston', '02118', [42.34, -71.072], ['4', '1C', '2', 'D4', '6', 9]),
  area('Beacon Hill', 'Boston', '02114', [42.3588, -71.068], ['3', '1B', '8', 'A1', '14', 5]),
];

/** Streets of no real city. */
export const streets: readonly string[] = [
  'Lantern St',
  'Quiet Harbor Ave',
  'Copper Kettle Rd',
  'Windmill Pl',
  'Old Ferry Ln',
  'Heron Ter',
  'Blue Anchor Way',
  'Saltmarsh Blvd',
  'Juniper Sq',
  'Tollgate Cir',
];

export const things: readonly string[] = [
  'hole in the road',
  'loose paving stone',
  'lamp that flickers',
  'bags left at the corner',
  'leaning sign',
  'blocked drain',
  'broken bench',
  'branch over the wires',
  'old mattress on the sidewalk',
  'faded crosswalk',
];

export const crewWords: readonly string[] = [
  'crew came by and set it right',
  'looked at it, nothing found',
  'belongs to the owner of the lot',
  'put on the list for spring',
  'cleared this morning',
  'part ordered, made safe for now',
  'seen and photographed',
  'done together with the neighbouring one',
];

export const foreignWords: readonly string[] = [
  'Gruß vom Bürgersteig – „großes Loch“, naïve façade',
  'Hay un bache enorme frente al número 12, ¡cuidado!',
  '街灯在夜里不亮，请修理',
  'Đèn đường hỏng trước cửa nhà',
  'Gen yon gwo twou nan lari a, tanpri ranje l',
];

export const rightToLeftWords: readonly string[] = [
  'حفرة كبيرة في الطريق قرب المدرسة',
  'פנס רחוב שבור ליד הבית',
  'mixed \u200Fעברית\u200E and latin',
];

export const emojiWords: readonly string[] = [
  'tree down 🌳⚠️',
  'thanks 👍🏽',
  'family waiting 👨‍👩‍👧‍👦 at the stop 🚏',
];

export const quotedWords: readonly string[] = [
  'she said "fixed", he said ""not yet""',
  'first line\nsecond line, with a comma',
  'tab\there, semicolon; and a \\ backslash',
  "apostrophe's end,\r\nand a new line",
];
