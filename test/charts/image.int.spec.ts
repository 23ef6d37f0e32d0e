import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const dockerfile = readFileSync(fileURLToPath(file('deploy/Dockerfile')), 'utf8');
const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

describe('The image', () => {
  it('is built by the classic builder too: nothing in it is for BuildKit alone', () => {
    expect(dockerfile).not.toMatch(
      /^# *syntax=|--mount=|--link|--parents|--chmod|--exclude|<<|TARGETARCH|BUILDPLATFORM/m,
    );
  });

  it('names its base once, as an argument, and ends on it', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:24-bookworm-slim$/m);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set(['${NODE_IMAGE}']));
  });

  it('runs as nobody in particular, with the program itself as the first process', () => {
    expect(last).toMatch(/^USER 10001:10001$/m);
    expect(last).toMatch(/^ENTRYPOINT \["node", /m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["node", /m);
  });

  it('starts Node as every other way to start it does', async () => {
    const flags: unknown = await import(file('services/all/node-flags.mjs').href);
    expect(flags).toMatchObject({ nodeFlags: /NODE_OPTIONS="([^"]+)"/.exec(last)?.[1]?.split(' ') });
  });
});
