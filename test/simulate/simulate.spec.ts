import { loadCity } from '@city311/city';
import { describe, expect, it } from '@jest/globals';

import { randomOf } from '../generated/random.js';
import { membersOf, textOf } from '../server/json.js';
import { readFigures } from './figures-file.js';
import { arrivals, drive, percentile, stormAt } from './open-loop.js';
import { readOptions } from './options.js';
import { Residents } from './resident.js';

const city = loadCity('boston');
const figures = readFigures('boston');

const reports = (at: string, storm = false, count = 400): readonly Readonly<Record<string, unknown>>[] => {
  const residents = new Residents(city, figures, randomOf(311), 'run', storm);
  return Array.from({ length: count }, () => membersOf(residents.next(new Date(at)).data));
};

const share = (of: readonly Readonly<Record<string, unknown>>[], member: string, pattern: RegExp): number =>
  of.filter((data) => pattern.test(textOf(data[member]))).length / of.length;

describe('Residents', () => {
  it('report services of the catalogue, in words, inside the city, under example.org addresses', () => {
    for (const data of reports('2026-07-01T15:00:00Z')) {
      expect(city.service(textOf(data['serviceCode']))).not.toBeNull();
      expect(textOf(data['description']).length).toBeGreaterThan(5);
      expect(city.channels).toContain(data['channel']);
      const { latitude, longitude } = membersOf(data['location']);
      if (latitude !== undefined) {
        expect(latitude).toBeGreaterThan(42.2);
        expect(latitude).toBeLessThan(42.42);
        expect(longitude).toBeGreaterThan(-71.2);
        expect(longitude).toBeLessThan(-70.95);
      }
      const email = membersOf(data['contact'])['email'];
      if (email !== undefined) expect(email).toMatch(/@example\.org$/);
    }
  });

  it('call by day and tap by night', () => {
    const byDay = share(reports('2026-07-01T15:00:00Z'), 'channel', /Call/);
    const byNight = share(reports('2026-07-01T05:00:00Z'), 'channel', /Call/);
    expect(byDay).toBeGreaterThan(byNight);
  });

  it('talk of snow in a storm', () => {
    expect(share(reports('2026-01-20T15:00:00Z', true), 'serviceCode', /snow|plow/i)).toBeGreaterThan(0.2);
    expect(share(reports('2026-07-01T15:00:00Z'), 'serviceCode', /snow|plow/i)).toBeLessThan(0.02);
  });

  it('say the same for the same seed, each report under its own id', () => {
    const ids = (): readonly string[] => {
      const residents = new Residents(city, figures, randomOf(5), 'run');
      return Array.from({ length: 20 }, () => JSON.stringify(residents.next(new Date(0))));
    };
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(20);
  });
});

describe('arrivals', () => {
  it('come at the rate asked for, in order, within the time', () => {
    const times = [...arrivals({ rate: 100, seconds: 20, storm: false }, randomOf(1))];
    expect(Math.abs(times.length - 2_000)).toBeLessThan(150);
    expect([...times].sort((one, other) => one - other)).toEqual(times);
    expect(times.at(-1)).toBeLessThan(20_000);
  });

  it('swell to five and ten times the rate in a storm', () => {
    expect([0, 0.3, 0.55, 0.8].map(stormAt)).toEqual([1, 5, 10, 5]);
    const times = [...arrivals({ rate: 10, seconds: 100, storm: true }, randomOf(1))];
    const within = (from: number, to: number): number =>
      times.filter((at) => at >= from * 1000 && at < to * 1000).length / (to - from);
    expect(within(50, 60)).toBeGreaterThan(80);
    expect(within(25, 45)).toBeGreaterThan(40);
    expect(within(0, 3)).toBeLessThan(25);
  });
});

describe('drive', () => {
  it('does not wait for answers, and counts waiting from when each was due', async () => {
    const sent: number[] = [];
    let underWay = 0;
    let most = 0;
    await drive(
      [0, 1, 2, 3, 4],
      () => {
        most = Math.max(most, (underWay += 1));
        return new Promise((resolve) =>
          setTimeout(() => {
            underWay -= 1;
            resolve({ status: 201, reason: '' });
          }, 30),
        );
      },
      ({ answerMs }) => sent.push(answerMs),
    );
    expect(most).toBe(5);
    expect(sent).toHaveLength(5);
    expect(Math.min(...sent)).toBeGreaterThan(25);
  });
});

describe('percentile', () => {
  it('reads off sorted values', () => {
    const values = Array.from({ length: 100 }, (_, place) => place);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 99]);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('readOptions', () => {
  it('reads durations and refuses nonsense', () => {
    expect(readOptions(['--rate', '5', '--for', '2m'], 7)).toMatchObject({ rate: 5, seconds: 120, seed: 7 });
    expect(() => readOptions(['--for', 'soon'], 7)).toThrow(/--for/);
    expect(() => readOptions(['--rate', '0'], 7)).toThrow(/--rate/);
    expect(() => readOptions(['--target', 'http://127.0.0.1:1'], 7)).toThrow(/together/);
  });
});
