import { describe, expect, it } from '@jest/globals';

import { metresBetween } from '../geo/lattice.js';
import { loadCity } from '../load-city.js';

const boston = loadCity('boston');

describe('locate', () => {
  it('finds the districts of a point', () => {
    const faneuilHall = boston.locate({ latitude: 42.36, longitude: -71.0562 });
    expect(faneuilHall).toMatchObject({
      precision: 'point',
      outsideCity: false,
      districts: { pwd_district: '1B', police_district: 'A1', ward: '03' },
    });
    expect(faneuilHall.districts['precinct']).toMatch(/^03\d\d$/);
  });

  it('takes the stand-in at City Hall for an unknown place', () => {
    expect(boston.locate({ latitude: 42.3594, longitude: -71.0587 })).toMatchObject({
      precision: 'unknown',
      outsideCity: false,
    });
  });

  it('sees that Cambridge is another city', () => {
    expect(boston.locate({ latitude: 42.3736, longitude: -71.1097 }).outsideCity).toBe(true);
    expect(boston.locate({ address: '795 Massachusetts Ave, Cambridge, MA 02139' }).outsideCity).toBe(true);
  });

  it('turns round coordinates that came swapped', () => {
    expect(boston.locate({ latitude: -71.0562, longitude: 42.36 })).toMatchObject({
      latitude: 42.36,
      outsideCity: false,
      districts: { ward: '03' },
    });
  });

  it('finds an address, however it is spelled', () => {
    const spelled = [
      '1025 Hyde Park Ave  Hyde Park  MA  02136',
      '1025 Hyde Park Avenue, Hyde Park',
      '1025 hyde park ave hyde park ma 02136',
      '１０２５ Ｈyde Park Ave，Hyde Park',
    ].map((address) => boston.locate({ address }));
    for (const location of spelled) {
      expect(location).toMatchObject({ precision: 'address', districts: { neighborhood: 'Hyde Park' } });
      expect(location.latitude).toBe(spelled[0]?.latitude);
    }
  });

  it('asks rather than guesses where several streets bear the name', () => {
    const without = boston.locate({ address: '100 Washington St' });
    expect(without).toMatchObject({ precision: 'unknown', outsideCity: false });
    expect(without.explanation.join(' ')).toContain('more than one street');
    expect(boston.locate({ address: '100 Washington St', zip: '02121' }).precision).toBe('address');
  });

  it('finds a corner', () => {
    const location = boston.locate({ address: 'INTERSECTION of Groveland St & River St  Mattapan  MA  ' });
    expect(location.precision).toBe('address');
    expect(
      metresBetween(
        { latitude: location.latitude ?? 0, longitude: location.longitude ?? 0 },
        { latitude: 42.2715, longitude: -71.0772 },
      ),
    ).toBeLessThan(40);
  });

  it('knows nothing of a place that nobody gave', () => {
    for (const given of [
      {},
      { address: '  ' },
      { latitude: Number.NaN, longitude: 1 },
      { latitude: 0, longitude: 0 },
    ]) {
      expect(boston.locate(given)).toMatchObject({ precision: 'unknown', outsideCity: false });
    }
  });
});

describe('a private place', () => {
  const given = {
    address: '39 Lorraine St  Roslindale  MA  02131',
    latitude: 42.28391,
    longitude: -71.14472,
    zip: '02131',
  };

  it('is published as its block', () => {
    const place = boston.publicPlace(given);
    expect(place).toMatchObject({ precision: 'block', address: '1-99 block of Lorraine St', zip: '02131' });
    expect(JSON.stringify(place)).not.toMatch(/39 Lorraine|42\.28391|71\.14472/);
    expect(
      metresBetween(
        { latitude: place.latitude ?? 0, longitude: place.longitude ?? 0 },
        { latitude: given.latitude, longitude: given.longitude },
      ),
    ).toBeLessThan(400);
  });

  it('keeps the hundred of a large number', () => {
    expect(boston.blockOf('1025 Hyde Park Ave, Hyde Park, MA 02136')).toBe('1000 block of Hyde Park Ave');
    // Typed on an Asian keyboard; the house number must not stay.
    expect(boston.blockOf('１０２５\u3000Hyde Park Ave, Hyde Park')).toBe('1000 block of Hyde Park Ave');
    expect(boston.blockOf('')).toBeNull();
  });

  it('is found again by its block', () => {
    expect(boston.locate({ address: '1000 block of Hyde Park Ave', zip: '02136' })).toMatchObject({
      outsideCity: false,
      districts: { neighborhood: 'Hyde Park' },
    });
    expect(
      boston.locate({ address: '1-99 block of Lorraine St', zip: '02131' }).districts['pwd_district'],
    ).toBe('06');
  });

  it('has a coarse point where the street is not known', () => {
    const place = boston.publicPlace({ latitude: 42.28391, longitude: -71.14472 });
    expect(place).toEqual({ precision: 'block', latitude: 42.284, longitude: -71.144 });
  });
});
