export type * from './src/city.js';
export { loadCity } from './src/load-city.js';
export { parseProfile } from './src/profile/read-profile.js';
export { ProfileError, type ProfileFault } from './src/profile/faults.js';
export { createLocalClock, formatWall, parseWall, type LocalClock } from './src/time/local-clock.js';
export { createBusinessCalendar, type BusinessCalendar } from './src/levels/business-calendar.js';
export { dueAt, type ServiceLevel } from './src/levels/service-level.js';
export type { Holiday, HolidayRule } from './src/levels/holidays.js';
