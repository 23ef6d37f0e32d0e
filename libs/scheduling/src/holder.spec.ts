import { hostname } from 'node:os';

import { describe, expect, it, jest } from '@jest/globals';

const real = await import('node:fs');
jest.unstable_mockModule('node:fs', () => ({
  ...real,
  readFileSync: (): never => {
    throw new Error('ENOENT: there is no /proc here');
  },
}));
const { holderIsGone, processHolder } = await import('./holder.js');

describe('A holder on a system that does not tell when a process started', () => {
  it('is not gone while its process runs, whatever its name says of the start', () => {
    expect(processHolder()).toMatch(new RegExp(`^${hostname()}/${process.pid}//[0-9a-f]{8}$`));
    expect(holderIsGone(processHolder())).toBe(false);
    expect(holderIsGone(`${hostname()}/${process.pid}/4711/ab`)).toBe(false);
  });
});
