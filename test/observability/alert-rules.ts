import { parse } from 'yaml';

import { itemsOf, membersOf, textOf } from '../server/json.js';
import { readObservability } from './documented.js';
import { evaluate } from './promql/evaluate.js';
import { parsePromql } from './promql/syntax.js';
import type { Scrape } from './scrape.js';

export interface AlertRule {
  readonly name: string;
  readonly expr: string;
  readonly severity: string;
  readonly annotations: Readonly<Record<string, unknown>>;
}

export const alertRules = (): readonly AlertRule[] =>
  itemsOf(parse(readObservability('alerts.yaml')), 'groups')
    .flatMap((group) => itemsOf(group, 'rules'))
    .map((rule) => ({
      name: textOf(rule['alert']),
      expr: textOf(rule['expr']),
      severity: textOf(membersOf(rule['labels'])['severity']),
      annotations: membersOf(rule['annotations']),
    }));

/** Names of the alerts whose condition holds at the last scrape; how long it must hold is not waited for. */
export const firingAt = (scrapes: readonly Scrape[]): readonly string[] =>
  alertRules()
    .filter(({ expr }) => evaluate(parsePromql(expr), scrapes).length > 0)
    .map(({ name }) => name);
