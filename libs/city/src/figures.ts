import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cityFolder } from './profile/read-profile.js';

/**
 * What a city's past looks like in weights, for believable load. Every list of weights is relative: only ratios
 * count. Months from January, weekdays from Sunday, hours 0 to 23 local.
 */
export interface LoadFigures {
  /** Order of every `channels` list. */
  readonly channels: readonly string[];
  readonly services: readonly {
    readonly code: string;
    readonly weight: number;
    readonly months: readonly number[];
    readonly weekdays: readonly number[];
    readonly hours: readonly number[];
    readonly channels: readonly number[];
    /** Middle of the hours until the record's target and until its close; null where too few had one. */
    readonly targetHoursMedian: number | null;
    readonly closeHoursMedian: number | null;
  }[];
  /** Centre of gravity and weight of the cells of a net of `stepDegrees` in which cases lie. */
  readonly places: {
    readonly stepDegrees: number;
    /** Latitude, longitude, weight. */
    readonly cells: readonly (readonly [number, number, number])[];
  };
}

/** Reads the committed figures of a city; only simulation and tests need them. */
export const loadFigures = (id: string): LoadFigures =>
  JSON.parse(readFileSync(join(cityFolder(id), 'figures.json'), 'utf8')) as LoadFigures;
