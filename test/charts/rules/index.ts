import { denyFirst, disruptionBudget, namesMeet, oneScaler } from './cluster.js';
import { groupsOfTheCode, settingsOfTheProgram, topicsOfTheCode } from './code.js';
import type { Rule } from './rule.js';
import {
  drains,
  managementApart,
  nonRoot,
  pinnedImage,
  probes,
  readOnlyRoot,
  requests,
  rollsWithoutLoss,
  secretsByReference,
  spread,
} from './workload.js';

/** By the name of the fixtures that break them: `fixtures/<name>.yaml`, and `fixtures/<name>.<variant>.yaml`. */
export const rules: Readonly<Record<string, Rule>> = {
  'deny-first': denyFirst,
  'disruption-budget': disruptionBudget,
  drains,
  'groups-of-the-code': groupsOfTheCode,
  'management-apart': managementApart,
  'names-meet': namesMeet,
  'non-root': nonRoot,
  'one-scaler': oneScaler,
  'pinned-image': pinnedImage,
  probes,
  'read-only-root': readOnlyRoot,
  requests,
  'rolls-without-loss': rollsWithoutLoss,
  'secrets-by-reference': secretsByReference,
  'settings-of-the-program': settingsOfTheProgram,
  spread,
  'topics-of-the-code': topicsOfTheCode,
};

/** What every rule finds, by its name; rules that find nothing are left out. */
export const broken = (manifests: Parameters<Rule>[0]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(rules)
      .map(([name, rule]) => [name, rule(manifests)] as const)
      .filter(([, faults]) => faults.length > 0),
  );
