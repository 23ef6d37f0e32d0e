import { createHash } from 'node:crypto';

import type { City, MenuItem, RoutingRule, Service } from '../city.js';
import { createBusinessCalendar } from '../levels/business-calendar.js';
import type { ServiceLevel } from '../levels/service-level.js';
import { dueAt } from '../levels/service-level.js';
import type { Geography } from '../place/locate.js';
import { locate } from '../place/locate.js';
import { blockOf, publicPlace, zipOf } from '../place/public-place.js';
import { createLocalClock } from '../time/local-clock.js';
import { emergencyWordFinder } from './emergency-words.js';
import type { Profile } from './schema.js';

type ServiceFile = Profile['catalogue']['services'][number];

const levelOf = (level: ServiceFile['level']): ServiceLevel => {
  if (level === undefined) return { kind: 'none' };
  return 'hours' in level
    ? { kind: 'hours', hours: level.hours }
    : { kind: 'business-days', days: level.businessDays };
};

const toService = (file: ServiceFile): Service => {
  const { department, level, duplicate, trouble, questions, ...rest } = file;
  return {
    ...rest,
    departmentId: department,
    level: levelOf(level),
    duplicate: duplicate ?? null,
    trouble: trouble ?? null,
    questions: questions.map((question) => ({ ...question, values: question.values ?? [] })),
  };
};

const toRule = (
  file: Profile['rules']['rules'][number],
  byPlace: Profile['queues']['byPlace'],
): RoutingRule => {
  const { name, department, queue } = file;
  if (typeof queue === 'string')
    return { name, departmentId: department, queue: { kind: 'fixed', name: queue } };
  const table = byPlace[queue.byPlace];
  return {
    name,
    departmentId: department,
    queue: {
      kind: 'by-district',
      layer: table?.layer ?? queue.byPlace,
      queues: new Map(Object.entries(table?.queues ?? {})),
    },
  };
};

const digestOf = ({ rules, queues, catalogue, calendar }: Profile): string => {
  const services = catalogue.services.map(({ code, rule, level, priority, duplicate }) => [
    code,
    rule,
    level,
    priority,
    duplicate,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([rules.rules, queues, services, calendar]))
    .digest('hex');
};

/** A code that the catalogue does not know is the same as itself only. */
const mayJoin = (byCode: ReadonlyMap<string, Service>, code: string, otherCode: string): boolean => {
  const [one, other] = [byCode.get(code), byCode.get(otherCode)];
  if ((one?.code ?? code) === (other?.code ?? otherCode)) return true;
  return one !== undefined && one.trouble !== null && one.trouble === other?.trouble;
};

/** A city of its checked profile and its geography. Pure. */
export const buildCity = (profile: Profile, geography: Geography): City => {
  const services = profile.catalogue.services.map(toService);
  const byCode = new Map(services.map((service) => [service.code, service]));
  for (const service of services) for (const alias of service.aliases) byCode.set(alias, service);
  const rules = new Map(
    profile.rules.rules.map((file) => [file.name, toRule(file, profile.queues.byPlace)] as const),
  );
  const departmentNames = new Map(profile.departments.departments.map(({ id, name }) => [id, name]));
  const departmentByQueue = new Map(
    profile.queues.byFunction.map(({ name, department }) => [name, department]),
  );
  for (const { departmentId, queue } of rules.values()) {
    if (queue.kind === 'by-district') {
      for (const name of queue.queues.values()) departmentByQueue.set(name, departmentId);
    }
  }
  const clock = createLocalClock(profile.calendar.timeZone);
  const calendar = createBusinessCalendar(clock, profile.calendar, profile.calendar.holidays);

  const deskOf = (queue: string): { departmentId: string; queue: string } => {
    const departmentId = departmentByQueue.get(queue);
    if (departmentId === undefined) throw new Error(`no department has the queue ${queue}`);
    return { departmentId, queue };
  };
  const { unknownPlace, unknownService, handedBack, emergency, outsideCity } = profile.queues.triage;
  const triage = {
    unknownPlace: deskOf(unknownPlace),
    unknownService: deskOf(unknownService),
    handedBack: deskOf(handedBack),
    emergency: deskOf(emergency),
    outsideCity: deskOf(outsideCity),
  };

  const toItems = (files: Profile['menu']['items']): readonly MenuItem[] =>
    files.flatMap(({ group, name, service: code }) => {
      const service = byCode.get(code);
      return service === undefined ? [] : [{ group, name, service }];
    });
  const items = toItems(profile.menu.items);
  const seasons = profile.menu.seasons.map((season) => ({
    months: season.months,
    items: toItems(season.items),
  }));

  return {
    id: profile.city.id,
    name: profile.city.name,
    jurisdiction: profile.city.jurisdiction,
    olderSystem: profile.city.olderSystem ?? null,
    timeZone: profile.calendar.timeZone,
    languages: profile.city.languages,
    channels: profile.city.channels,
    emergencyNumber: profile.city.emergencyNumber,
    clock,
    calendar,
    services,
    service: (codeOrAlias) => byCode.get(codeOrAlias) ?? null,
    mayJoin: (code, otherCode) => mayJoin(byCode, code, otherCode),
    departments: profile.departments.departments,
    departmentName: (id) => departmentNames.get(id) ?? null,
    departmentOfQueue: (queue) => departmentByQueue.get(queue) ?? null,
    queues: [...departmentByQueue.keys()],
    rule: (name) => rules.get(name) ?? null,
    ruleSetVersion: profile.rules.version,
    ruleSetDigest: digestOf(profile),
    ruleCount: profile.rules.rules.length,
    triageQueue: (use) => triage[use],
    menu(at) {
      const month = Number(clock.toLocal(at).slice(5, 7));
      const seasonal = seasons.flatMap((season) => (season.months.includes(month) ? season.items : []));
      return [...seasonal, ...items];
    },
    highVolume: profile.menu.highVolume.flatMap((code) => byCode.get(code) ?? []),
    dueAt: (openedAt, service) => dueAt(openedAt, service.level, calendar),
    districtsAt: (latitude, longitude) => geography.grid.at(latitude, longitude)?.districts ?? null,
    locate: (given) => locate(geography, given),
    zipOf: (written) => zipOf(written, geography),
    blockOf: (address) => blockOf(address, geography),
    publicPlace: (given) => publicPlace(geography, given),
    emergencyWordsIn: emergencyWordFinder(profile.emergency.words),
  };
};
