import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';

import { OpenCases } from './open-cases.js';

const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
const light = 'Public Works Department:Street Lights:Street Light Outages';
const city = loadCity('boston');
const seen = (caseNumber: string, serviceCode: string, latitude: number, longitude = -71.0575) => ({
  caseNumber,
  serviceCode,
  latitude,
  longitude,
  openedAt: '2026-06-01T14:00:00.000Z',
});
const numbers = (openCases: OpenCases, asking: ReturnType<typeof seen>): readonly string[] =>
  openCases.near(asking).map(({ caseNumber }) => caseNumber);

describe('the index of open cases', () => {
  it('finds cases of the kind close by, across the borders of its buckets', () => {
    const openCases = new OpenCases(city);
    openCases.add(seen('a', pothole, 42.35999));
    openCases.add(seen('b', light, 42.36001));
    openCases.add(seen('c', pothole, 42.4));
    expect(numbers(openCases, seen('x', pothole, 42.36001))).toEqual(['a']);
  });

  it('never finds the case itself', () => {
    const openCases = new OpenCases(city);
    openCases.add(seen('a', pothole, 42.36));
    expect(numbers(openCases, seen('a', pothole, 42.36))).toEqual([]);
  });

  it('forgets a case that was closed, and moves one that changed its kind', () => {
    const openCases = new OpenCases(city);
    openCases.add(seen('a', pothole, 42.36));
    openCases.add(seen('b', pothole, 42.36));
    openCases.remove('a');
    openCases.add(seen('b', light, 42.36));
    expect(numbers(openCases, seen('x', pothole, 42.36))).toEqual([]);
    expect(numbers(openCases, seen('x', light, 42.36))).toEqual(['b']);
    expect(openCases.size).toBe(1);
  });

  it('never finds a case that follows another, whatever becomes of it meanwhile, until it is freed', () => {
    const openCases = new OpenCases(city);
    openCases.add(seen('a', pothole, 42.36));
    openCases.follows('a');
    openCases.add(seen('a', pothole, 42.36));
    openCases.remove('a');
    openCases.add(seen('a', light, 42.36));
    expect(openCases.size).toBe(0);
    openCases.freed('a');
    openCases.add(seen('a', pothole, 42.36));
    expect(numbers(openCases, seen('x', pothole, 42.36))).toEqual(['a']);
  });

  it('keeps no case without a place, or of a kind that has no duplicates', () => {
    const openCases = new OpenCases(city);
    openCases.add({ ...seen('a', pothole, 0), latitude: undefined });
    openCases.add(seen('b', 'Inspectional Services:Housing:Bed Bugs', 42.36));
    expect(openCases.size).toBe(0);
  });

  it('follows whoever tells of an event first, and nobody who tells of an older one', () => {
    const openCases = new OpenCases(city);
    expect(openCases.hear('a', 0)).toBe(true);
    expect(openCases.hear('a', 4)).toBe(true);
    expect(openCases.hear('a', 4)).toBe(false);
    expect(openCases.hear('a', 0)).toBe(false);
    expect([openCases.hasHeardOf('a'), openCases.hasHeardOf('b')]).toEqual([true, false]);
  });
});
