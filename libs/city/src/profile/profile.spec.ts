import { describe, expect, it } from '@jest/globals';

import { loadCity } from '../load-city.js';
import { ProfileError } from './faults.js';
import { parseProfile, readProfile } from './read-profile.js';

const boston = loadCity('boston');

const faultsOf = (raw: Readonly<Record<string, unknown>>): readonly string[] => {
  try {
    parseProfile('test', raw);
    return [];
  } catch (error) {
    if (error instanceof ProfileError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
};

describe("Boston's profile", () => {
  it('holds every service of the catalogue', () => {
    expect(boston.services).toHaveLength(199);
  });

  it('finds a service by its code and by its short name', () => {
    const pothole = boston.service('REQPOTHL');
    expect(pothole).toBe(
      boston.service('Public Works Department:Highway Maintenance:Request for Pothole Repair'),
    );
    expect(pothole).toMatchObject({ departmentId: 'PWDx', level: { kind: 'business-days', days: 1 } });
    expect(boston.service('nothing')).toBeNull();
  });

  it('lets cases be joined that are of one service, by whichever name, or of one trouble, and no others', () => {
    const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
    const table: readonly (readonly [string, string, boolean])[] = [
      ['REQPOTHL', pothole, true],
      [pothole, 'Boston Water & Sewer Commission:Pothole:BWSC Pothole', true],
      [pothole, 'Public Works Department:Street Lights:Street Light Outages', false],
      ['a code of long ago', 'a code of long ago', true],
      ['a code of long ago', 'another code of long ago', false],
      ['a code of long ago', pothole, false],
    ];
    for (const [one, other, may] of table) {
      expect([one, other, boston.mayJoin(one, other)]).toEqual([one, other, may]);
      expect([other, one, boston.mayJoin(other, one)]).toEqual([other, one, may]);
    }
  });

  it('knows no trouble that is shared by services of which one is kept from the public', () => {
    const troubles = Map.groupBy(boston.services, ({ trouble }) => trouble);
    troubles.delete(null);
    for (const [trouble, services] of troubles)
      expect([trouble, ...new Set(services.map(({ visibility }) => visibility))]).toHaveLength(2);
  });

  it('keeps civil-rights intakes confidential and homes private', () => {
    const byType = (type: string) => boston.services.find((service) => service.type === type);
    expect(byType('Housing Discrimination Intake Form')).toMatchObject({
      visibility: 'confidential',
      privatePlace: true,
    });
    expect(byType('Schedule a Bulk Item Pickup')).toMatchObject({ visibility: 'public', privatePlace: true });
    expect(byType('Bed Bugs')?.privatePlace).toBe(true);
    expect(byType('Request for Pothole Repair')?.privatePlace).toBe(false);
  });

  it('routes by district where the queue says so', () => {
    const rule = boston.rule(boston.service('REQPOTHL')?.rule ?? '');
    expect(rule?.queue.kind === 'by-district' && rule.queue.queues.get('1B')).toBe(
      'PWDx_District 1B: North End',
    );
    expect(boston.departmentOfQueue('PWDx_District 1B: North End')).toBe('PWDx');
  });

  it('offers snow services in winter only', () => {
    const names = (at: string): readonly string[] => boston.menu(at).map(({ name }) => name);
    expect(names('2015-02-09T12:00:00.000Z')).toContain('Unshoveled Sidewalk');
    expect(names('2015-08-11T12:00:00.000Z')).not.toContain('Unshoveled Sidewalk');
    expect(names('2015-08-11T12:00:00.000Z')).toContain('Pothole');
  });

  it('promises a street light in ten business days', () => {
    const light = boston.service('STRLGTOUT');
    if (light === null) throw new Error('no such service');
    expect(boston.dueAt('2015-08-11T14:15:00.000Z', light)).toBe('2015-08-25T14:15:00.000Z');
  });
});

describe('emergency words', () => {
  it('are found in several languages', () => {
    expect(boston.emergencyWordsIn('There is a strong GAS-SMELL in the hall')).toEqual(['gas smell']);
    expect(boston.emergencyWordsIn('Hay un cable caído y un herido')).toEqual(['cable caido', 'herido']);
    expect(boston.emergencyWordsIn('楼里有煤气味')).toEqual(['煤气味']);
    expect(boston.emergencyWordsIn('Cháy nhà ở đây')).toEqual(['chay nha']);
  });

  it('leave ordinary reports alone', () => {
    expect(boston.emergencyWordsIn('car parked at the fire hydrant')).toEqual([]);
    expect(boston.emergencyWordsIn('fireworks every night, campfire')).toEqual([]);
    expect(boston.emergencyWordsIn('')).toEqual([]);
  });

  it('still find a fire beside a hydrant', () => {
    expect(boston.emergencyWordsIn('fire hydrant blocked and now a car is on fire')).toEqual(['fire']);
  });
});

describe('a faulty profile', () => {
  const good = readProfile('boston');

  it('is refused with every fault of its files', () => {
    expect(
      faultsOf({
        ...good,
        calendar: { ...good.calendar, timeZone: 'Boston/Somewhere', opens: '8:30' },
        departments: { departments: [{ id: '', name: 7 }] },
      }).map((text) => text.split(':')[0]),
    ).toEqual([
      'calendar.timeZone',
      'calendar.opens',
      'departments.departments[0].id',
      'departments.departments[0].name',
    ]);
  });

  it('is refused with every fault between its files', () => {
    const [first] = good.catalogue.services;
    if (first === undefined) throw new Error('no service');
    expect(
      faultsOf({
        ...good,
        catalogue: { version: 1, services: [{ ...first, rule: 'none', department: 'none', code: 'x' }] },
        menu: { items: [{ group: 'a', name: 'b', service: 'c' }], highVolume: [], seasons: [] },
      }),
    ).toEqual([
      `catalogue.services[0].code: is not ${first.code}`,
      'catalogue.services[0].department: no such department: none',
      'catalogue.services[0].rule: no such rule: none',
      'menu.items[0].service: no such service: c',
    ]);
  });
});
