import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { ESLint } from 'eslint';

/*
 * Lints each kept fixture as if its text stood in the file that its first line names, and prints
 * `[{ fixture, expected, found, messages }]`: rule ids, sorted, each once a line.
 */
// The parser would take a CI run for one that lints each file as it lies on disk.
process.env.TSESTREE_SINGLE_RUN = 'false';

const folder = new URL('fixtures/', import.meta.url);
const root = new URL('../../', import.meta.url);

// Boundaries are checked against Nx's kept project graph: in a fresh clone there is none, and the rule would skip itself.
execFileSync(process.execPath, [createRequire(import.meta.url).resolve('nx/bin/nx.js'), 'show', 'projects'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});

const eslint = new ESLint({ cwd: root.pathname });

const lint = async (fixture) => {
  const text = readFileSync(new URL(fixture, folder), 'utf8');
  const [, at, breaks] = /^\/\/ at: (.+)\n\/\/ breaks: (.+)\n/.exec(text) ?? [];
  const results = await eslint.lintText(text, { filePath: new URL(at, root).pathname });
  const messages = results.flatMap((result) => result.messages);
  return {
    fixture,
    expected: breaks === 'nothing' ? [] : breaks.split(', ').sort(),
    found: [...new Set(messages.map(({ ruleId, message, line }) => `${ruleId ?? message} ${line}`))]
      .map((told) => told.slice(0, told.lastIndexOf(' ')))
      .sort(),
    messages: messages.map(({ line, message }) => `${line}: ${message}`),
  };
};

const linted = [];
for (const fixture of readdirSync(folder).sort()) linted.push(await lint(fixture));
process.stdout.write(JSON.stringify(linted));
