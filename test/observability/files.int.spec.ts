import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { itemsOf, membersOf, textOf } from '../server/json.js';
import { alertRules } from './alert-rules.js';
import { documentedMetrics, filesIn, observabilityFolder, readObservability } from './documented.js';
import { metricsOf, parsePromql, type Expression } from './promql/syntax.js';

/** What Prometheus or Node tell beside our own figures. */
const others = new Map<string, readonly string[]>([
  ['up', []],
  ['process_resident_memory_bytes', []],
  ['process_cpu_seconds_total', []],
  ['process_start_time_seconds', []],
  ['nodejs_heap_size_used_bytes', []],
]);
const fromPrometheus = ['job', 'instance', 'le'];

const labelsOf = new Map<string, readonly string[]>([
  ...documentedMetrics().flatMap(({ name, kind, labels }): [string, readonly string[]][] =>
    kind === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((part) => [`${name}${part}`, labels])
      : [[name, labels]],
  ),
  ...others,
]);

/** Labels that an expression names, each with the metrics it can come from. */
const namedLabels = (expression: Expression): readonly { label: string; metrics: readonly string[] }[] => {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'selector':
      return expression.matchers.map(({ label }) => ({ label, metrics: [expression.metric] }));
    case 'call':
      return expression.args.flatMap(namedLabels);
    case 'aggregate': {
      const metrics = metricsOf(expression.of);
      return [...namedLabels(expression.of), ...expression.by.map((label) => ({ label, metrics }))];
    }
    case 'binary':
      return [...namedLabels(expression.left), ...namedLabels(expression.right)];
  }
};

const faultsIn = (query: string): readonly string[] => {
  const expression = parsePromql(query.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'));
  const unknown = metricsOf(expression).filter((metric) => !labelsOf.has(metric));
  const strange = namedLabels(expression).flatMap(({ label, metrics }) =>
    fromPrometheus.includes(label)
      ? []
      : metrics
          .filter((metric) => labelsOf.get(metric)?.includes(label) !== true)
          .map((metric) => `${metric}{${label}}`),
  );
  return [...unknown, ...strange];
};

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly string[];
}

const panelsOf = (file: string): readonly Panel[] =>
  itemsOf(JSON.parse(readObservability(`dashboards/${file}`)), 'panels')
    .filter((panel) => panel['type'] !== 'row')
    .map((panel) => ({
      title: textOf(panel['title']),
      description: textOf(panel['description']),
      queries: itemsOf(panel, 'targets').map(({ expr }) => textOf(expr)),
    }));

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  process.stderr.write(
    'SKIPPED: promtool is not on this machine, so nothing but our own tests checks the alerts\n',
  );

describe('The alert rules', () => {
  it.each(alertRules().map((rule) => [rule.name, rule] as const))(
    '%s reads figures and labels that exist',
    (_, { expr }) => {
      expect(faultsIn(expr)).toEqual([]);
    },
  );

  it('each say what happened, how bad it is, and where its runbook lies', () => {
    for (const { name, severity, annotations } of alertRules()) {
      expect(['page', 'ticket']).toContain(severity);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
      expect(annotations['runbook_url']).toBe(`runbooks/${name}.md`);
    }
  });

  it('and the runbooks belong together, one to one', () => {
    expect(filesIn('runbooks')).toEqual(
      alertRules()
        .map(({ name }) => `${name}.md`)
        .sort(),
    );
  });

  (hasPromtool ? it : it.skip)('pass Prometheus’s own check, where it is on this machine', () => {
    const checked = spawnSync('promtool', ['check', 'rules', join(observabilityFolder, 'alerts.yaml')], {
      encoding: 'utf8',
    });
    expect({ status: checked.status, said: checked.stderr }).toEqual({ status: 0, said: '' });
  });
});

describe('A runbook', () => {
  it.each(filesIn('runbooks'))('%s says what it means, what to look at, what to do', (file) => {
    const text = readObservability(`runbooks/${file}`);
    expect(text.startsWith(`# ${file.replace('.md', '')}\n`)).toBe(true);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      'What it means',
      'What to look at',
      'What to do',
    ]);
    // Figures that it points to exist.
    const named = [...text.matchAll(/`(city311_\w+|process_\w+|nodejs_\w+)/g)].map(([, name = '']) => name);
    const known = [...labelsOf.keys(), ...documentedMetrics().map(({ name }) => name)];
    for (const name of named) expect(known).toContain(name);
  });
});

describe('A dashboard', () => {
  it.each(filesIn('dashboards'))(
    '%s can be imported: a name, a data source to choose, panels in place',
    (file) => {
      const dashboard = membersOf(JSON.parse(readObservability(`dashboards/${file}`)));
      expect(dashboard['uid']).toBe(`city311-${file.replace('.json', '')}`);
      expect(itemsOf(dashboard['templating'], 'list').map(({ type }) => type)).toContain('datasource');
      for (const panel of itemsOf(dashboard, 'panels')) {
        const { x, y, w, h } = membersOf(panel['gridPos']);
        expect([x, y, w, h].every(Number.isInteger)).toBe(true);
        expect(Number(x) + Number(w)).toBeLessThanOrEqual(24);
      }
    },
  );

  it.each(
    filesIn('dashboards').flatMap((file) =>
      panelsOf(file).map((panel) => [`${file}: ${panel.title}`, panel] as const),
    ),
  )('%s reads figures and labels that exist, and says what it shows', (_, { description, queries }) => {
    expect(description).not.toBe('');
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(faultsIn(query)).toEqual([]);
  });
});

/** The table "how each alert is tested" of README.md: alert, and how. */
const testedAlerts = (): ReadonlyMap<string, string> =>
  new Map(
    [...readObservability('README.md').matchAll(/^\| `(City311\w+)`\s*\| (.*?)\s*\|$/gm)].map(
      ([, name = '', how = '']) => [name, how],
    ),
  );

describe('The table of how alerts are tested', () => {
  it('has a line for each, with the cause or the reason why not', () => {
    expect([...testedAlerts().keys()].sort()).toEqual(
      alertRules()
        .map(({ name }) => name)
        .sort(),
    );
    for (const how of testedAlerts().values()) expect(how).toMatch(/^(caused: |not caused: )./);
  });
});
