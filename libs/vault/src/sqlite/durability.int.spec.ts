import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, it } from '@jest/globals';

import type { ContactId, ProtectedText } from '@city311/kernel';
import { openSqliteVault } from '@city311/vault';

type Line =
  | { readonly name: string; readonly text: ProtectedText }
  | { readonly email: string; readonly id: ContactId };

/** What a writer said was durable before it was killed in the middle of its work. */
const writeUntilKilled = async (folder: string, lines: number): Promise<readonly Line[]> => {
  const fixture = join(import.meta.dirname, 'fixtures', 'writer.mjs');
  const child = spawn(process.execPath, [fixture, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const said: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(JSON.parse(line) as Line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  await gone;
  return said;
};

it('has every key and contact that it answered for after SIGKILL, three times over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
  for (const lines of [40, 333, 801]) {
    const said = await writeUntilKilled(join(folder, String(lines)), lines);
    expect(said.length).toBeGreaterThanOrEqual(lines);
    const vault = await openSqliteVault({ folder: join(folder, String(lines)) });
    for (const line of said) {
      if ('text' in line) expect(await vault.reveal([line.text])).toEqual([line.name]);
      else expect(await vault.findContact({ email: line.email })).toBe(line.id);
    }
    await vault.close();
  }
  await rm(folder, { recursive: true });
}, 30_000);
