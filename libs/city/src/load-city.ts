import type { City } from './city.js';
import { buildCity } from './profile/build-city.js';
import { readProfile } from './profile/read-profile.js';

/**
 * Reads and checks a city profile (`boston`); a fraction of a second, so do it once per process.
 * @throws ProfileError  lists every fault
 */
export const loadCity = (id: string): City => buildCity(readProfile(id));
