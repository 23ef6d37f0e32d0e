import type { ProfileFault } from './faults.js';
import type { Profile } from './schema.js';

const repeated = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
];

/** Everything that does not fit together between the files of a profile; empty when all is well. Pure. */
export const checkProfile = (profile: Profile): readonly ProfileFault[] => {
  const faults: ProfileFault[] = [];
  const fault = (path: string, message: string): void => {
    faults.push({ path, message });
  };
  const departments = new Set(profile.departments.departments.map(({ id }) => id));
  const queues = new Set(profile.queues.byFunction.map(({ name }) => name));
  for (const table of Object.values(profile.queues.byPlace)) {
    for (const queue of Object.values(table.queues)) queues.add(queue);
  }
  const rules = new Map(profile.rules.rules.map((rule) => [rule.name, rule]));
  const codes = new Set(profile.catalogue.services.map(({ code }) => code));

  profile.queues.byFunction.forEach(({ department }, at) => {
    if (!departments.has(department)) {
      fault(`queues.byFunction[${at}].department`, `no such department: ${department}`);
    }
  });
  for (const [use, queue] of Object.entries(profile.queues.triage)) {
    if (!queues.has(queue)) fault(`queues.triage.${use}`, `no such queue: ${queue}`);
  }
  profile.rules.rules.forEach(({ department, queue }, at) => {
    if (!departments.has(department)) {
      fault(`rules.rules[${at}].department`, `no such department: ${department}`);
    }
    if (typeof queue === 'string') {
      if (!queues.has(queue)) fault(`rules.rules[${at}].queue`, `no such queue: ${queue}`);
    } else if (!(queue.byPlace in profile.queues.byPlace)) {
      fault(`rules.rules[${at}].queue.byPlace`, `no such table of queues: ${queue.byPlace}`);
    }
  });
  profile.catalogue.services.forEach((service, at) => {
    const path = `catalogue.services[${at}]`;
    const expected = `${service.subject}:${service.reason}:${service.type}`;
    if (service.code !== expected) fault(`${path}.code`, `is not ${expected}`);
    if (!departments.has(service.department)) {
      fault(`${path}.department`, `no such department: ${service.department}`);
    }
    const rule = rules.get(service.rule);
    if (rule === undefined) fault(`${path}.rule`, `no such rule: ${service.rule}`);
    else if (rule.department !== service.department) {
      fault(`${path}.rule`, `leads to ${rule.department}, not to ${service.department}`);
    }
    service.questions.forEach((question, index) => {
      const list = question.datatype.endsWith('list');
      if (list !== (question.values?.length ?? 0) > 0) {
        fault(`${path}.questions[${index}].values`, list ? 'a list needs values' : 'only a list has values');
      }
    });
  });
  for (const code of repeated(profile.catalogue.services.map(({ code }) => code))) {
    fault('catalogue.services', `twice: ${code}`);
  }
  for (const alias of repeated(profile.catalogue.services.flatMap(({ aliases }) => aliases))) {
    fault('catalogue.services', `alias of two services: ${alias}`);
  }
  const menuCodes = [
    ...profile.menu.items.map(({ service }, at) => [`menu.items[${at}].service`, service] as const),
    ...profile.menu.highVolume.map((service, at) => [`menu.highVolume[${at}]`, service] as const),
    ...profile.menu.seasons.flatMap(({ items }, season) =>
      items.map(({ service }, at) => [`menu.seasons[${season}].items[${at}].service`, service] as const),
    ),
  ];
  for (const [path, code] of menuCodes) {
    if (!codes.has(code)) fault(path, `no such service: ${code}`);
  }
  for (const language of Object.keys(profile.emergency.words)) {
    if (!profile.city.languages.includes(language)) {
      fault(`emergency.words.${language}`, 'is no language of the city');
    }
  }
  return faults;
};
