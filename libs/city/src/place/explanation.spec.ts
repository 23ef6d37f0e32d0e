import { describe, expect, it } from '@jest/globals';

import { loadCity } from '../load-city.js';
import type { GivenPlace } from './locate.js';

const boston = loadCity('boston');
const downtown = { latitude: 42.36, longitude: -71.0562 };
const cambridge = { latitude: 42.3736, longitude: -71.1097 };

/** Every sentence that a location can be explained by, in a place that leads to it. */
const explained: readonly (readonly [given: GivenPlace, ...sentences: string[]])[] = [
  [downtown, 'Located by the given point.'],
  [
    { latitude: downtown.longitude, longitude: downtown.latitude },
    'Latitude and longitude came the wrong way round.',
    'Located by the given point.',
  ],
  [cambridge, 'The given point lies outside Boston.'],
  [
    { ...cambridge, zip: '02116' },
    'The given point lies outside Boston.',
    'The address or ZIP code is one of Boston.',
  ],
  [
    { ...downtown, zip: '02139' },
    'Located by the given point.',
    'The address or ZIP code is one outside Boston.',
  ],
  [
    { ...downtown, address: '1025 Hyde Park Ave, Hyde Park, MA 02136' },
    'Located by the given point.',
    'The address is 11.9 km away from it.',
  ],
  [{}, 'The report gives no usable place.'],
  [{ latitude: 0, longitude: 0 }, 'The report gives no usable place.'],
  [{ address: '1025 Hyde Park Ave, Hyde Park' }, 'Located by the address.'],
  [{ address: 'Groveland St & River St, Mattapan' }, 'Located by the corner of the two streets.'],
  [{ address: 'Groveland St & Nowhere St' }, 'The corner names a street that is not known.'],
  [{ address: 'Groveland St & Beacon St' }, 'These streets have no known corner.'],
  [{ address: '12 Nowhere Lane' }, 'The street is not known.'],
  [{ address: 'Beacon St' }, 'The address has no house number.'],
  [{ address: '99999 Beacon St' }, 'The street has no such house number.'],
  [
    { address: '100 Washington St' },
    'There is more than one street of that name; a ZIP code or neighborhood would tell which.',
  ],
  [
    { address: '12 Nowhere Lane', zip: 'N/A' },
    'The street is not known.',
    'The ZIP code could not be read and was left aside.',
  ],
  [
    { address: '795 Massachusetts Ave, Cambridge, MA 02139' },
    'The address names Cambridge, which is outside Boston.',
  ],
  [{ address: '12 Nowhere Lane', zip: '02139' }, 'The ZIP code 02139 is outside Boston.'],
  [{ address: '12 Main St, Springfield, IL 62701' }, 'The ZIP code 62701 is outside Boston.'],
  [
    { address: '45 Beacon St, Boston', zip: '02139' },
    'The address names a place in Boston, yet the ZIP code is none of its own.',
  ],
  [
    { address: '45 Beacon St, Cambridge', zip: '02108' },
    'The ZIP code 02108 is one of Boston, yet the address names another place.',
  ],
  [{ address: '1025 Hyde Park Ave, Dorchester' }, 'The address is known, yet not in Dorchester.'],
  [{ address: '1025 Hyde Park Ave', zip: '02108' }, 'The address is known, yet not in the ZIP code 02108.'],
];

describe('A location', () => {
  it.each(explained)('of %j says how it was found, or why not', (given, ...sentences) => {
    expect(boston.locate(given).explanation).toEqual(sentences);
  });

  it.each([
    'Groveland St & Nowhere St',
    'Groveland St & Beacon St',
    '12 Nowhere Lane',
    'Beacon St',
    '99999 Beacon St',
  ])('of %j is not known, and keeps the ZIP code that was understood', (address) => {
    expect(boston.locate({ address, zip: '02126' })).toMatchObject({ precision: 'unknown', zip: '02126' });
    expect(boston.locate({ address })).not.toHaveProperty('zip');
  });
});
