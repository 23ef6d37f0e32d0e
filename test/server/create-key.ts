import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { projectRoot } from './project-root.js';

/** Makes a key with the operators' command. @param env  settings that name the engines @param system  that a channel's key speaks for @throws Error  none was made */
export const createKey = async (
  env: Readonly<Record<string, string>>,
  name: string,
  role: string,
  system?: string,
): Promise<string> => {
  const command = [join(projectRoot, 'services/all/dist/src/ops/main.js'), 'key', 'create'];
  const speaksFor = system === undefined ? [] : ['--system', system];
  const ops = spawn(process.execPath, [...command, '--name', name, '--role', role, ...speaksFor], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained]: [string[], string[]] = [[], []];
  ops.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  ops.stderr.on('data', (chunk: Buffer) => complained.push(chunk.toString()));
  const [code] = (await once(ops, 'close')) as [number | null];
  const key = said.join('').trim().split('\n').at(-1)?.trim() ?? '';
  if (code !== 0 || key === '') throw new Error(`no key was made: ${complained.join('')}${said.join('')}`);
  return key;
};
