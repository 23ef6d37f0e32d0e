export type * from './src/city.js';
export { loadCity } from './src/load-city.js';
export { loadFigures, type LoadFigures } from './src/figures.js';
export { parseProfile } from './src/profile/read-profile.js';
export { ProfileError, type ProfileFault } from './src/profile/faults.js';
export {
  createLocalClock,
  formatWall,
  isoInstant,
  parseWall,
  type LocalClock,
} from './src/time/local-clock.js';
export { createBusinessCalendar, type BusinessCalendar } from './src/levels/business-calendar.js';
export { dueAt, type ServiceLevel } from './src/levels/service-level.js';
export type { Holiday, HolidayRule } from './src/levels/holidays.js';
export type { GivenPlace, Location } from './src/place/locate.js';
export { metresBetween } from './src/geo/lattice.js';
export {
  decideRoute,
  duplicateOf,
  type OpenCaseNearby,
  type RouteAnswer,
  type RouteQuestion,
} from './src/routing/routing-engine.js';
