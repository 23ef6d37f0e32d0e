import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const base64Block = /(?:^[A-Za-z0-9+/]{60,}={0,2}\r?\n)+(?:^[A-Za-z0-9+/]+={0,2}\r?$)?/gm;

/** A mail with its encoded parts in clear beside it, so that words can be looked for. */
const readable = (mail: string): string =>
  `${mail}\n${[...mail.matchAll(base64Block)].map(([block]) => Buffer.from(block, 'base64').toString()).join('\n')}`;

const filesIn = async (folder: string): Promise<readonly string[]> =>
  existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.eml')) : [];

/** Deletes the copies of messages to a contact; answers how many there were. */
export const deleteMailsTo = async (folder: string, contactId: string): Promise<number> => {
  const own = (await filesIn(folder)).filter((name) => name.endsWith(`-${contactId}.eml`));
  for (const name of own) await rm(join(folder, name), { force: true });
  return own.length;
};

/** Looks through every mail of the folder. */
export const searchMails = async (
  folder: string,
  isFound: (mail: string) => boolean,
): Promise<{ readonly searched: number; readonly found: readonly string[] }> => {
  const files = await filesIn(folder);
  const found: string[] = [];
  for (const name of files) {
    const mail = await readFile(join(folder, name), 'utf8').catch(() => '');
    // The text as JSON would write it: what is looked for is written so too.
    if (isFound(JSON.stringify(readable(mail)))) found.push(name);
  }
  return { searched: files.length, found };
};
