import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkNode } from './ops/doctor/machine.js';

const here = import.meta.dirname;

describe('What is started by hand', () => {
  it.each(['main.ts', 'ops/main.ts'])('looks at its Node before it loads anything else: %s', (file) => {
    const source = readFileSync(join(here, file), 'utf8');
    expect(/^import .*$/m.exec(source)?.[0]).toMatch(/^import '\.{1,2}\/needs-node\.js';$/);
  });

  it('says so in one sentence where Node is too old, and needs nothing of a newer one for that', () => {
    expect(checkNode('20.20.2')).toEqual([
      { level: 'fault', what: 'Node 20.20.2 is too old', todo: expect.stringContaining('22.22 or newer') },
    ]);
    // What stands before the sentence loads node:fs and nothing of the project but this.
    const loads = (file: string): readonly string[] =>
      [...readFileSync(join(here, file), 'utf8').matchAll(/^(?:import|export) .*'(.+)';$/gm)].map(
        ([, from = '']) => from,
      );
    expect(loads('needs-node.ts')).toEqual(['./ops/doctor/machine.js']);
    expect(loads('ops/doctor/machine.ts')).toEqual(['node:fs', './finding.js']);
    expect(loads('ops/doctor/finding.ts')).toEqual([]);
  });
});
