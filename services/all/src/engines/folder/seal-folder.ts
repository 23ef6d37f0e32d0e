import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { changeFileMarks, type FileMarks } from '@city311/eventing';

import { countOf, isMarked, markNames } from './belongs.js';

const followers = ['views.db', 'consumers.db'];

const without = (marks: FileMarks, name: string): FileMarks =>
  Object.fromEntries(Object.entries(marks).filter(([other]) => other !== name));

/**
 * Marks the files of a folder, all of them there, as one: the same deployment in each, made where there is none, and a
 * new seal in log and vault, so that a copy of either that was made before is known as older. Killed anywhere between,
 * the folder still starts. Several processes may do it at once: whoever seals keeps the vault's other writers out.
 */
export const sealFolder = (folder: string): void => {
  const log = join(folder, 'events.db');
  let sealed = '';
  changeFileMarks(join(folder, 'vault.db'), (vault) => {
    let deployment = vault[markNames.deployment] ?? '';
    changeFileMarks(log, (marks) => {
      const known = isMarked(marks) ? marks : vault;
      deployment = isMarked(known) ? (known[markNames.deployment] ?? '') : randomUUID();
      const seal = vault[markNames.seal] ?? marks[markNames.seal];
      sealed = `${countOf(seal) + 1}:${randomBytes(9).toString('base64url')}`;
      for (const name of followers)
        changeFileMarks(join(folder, name), (own) =>
          own[markNames.deployment] === deployment ? null : { ...own, [markNames.deployment]: deployment },
        );
      return {
        ...marks,
        [markNames.deployment]: deployment,
        [markNames.nextSeal]: sealed,
        ...(seal === undefined ? {} : { [markNames.seal]: seal }),
      };
    });
    return { ...vault, [markNames.deployment]: deployment, [markNames.seal]: sealed };
  });
  changeFileMarks(log, (marks) =>
    marks[markNames.nextSeal] === sealed
      ? { ...without(marks, markNames.nextSeal), [markNames.seal]: sealed }
      : null,
  );
};

/** Takes the files of a checked backup for those of a system again. */
export const unmarkCopies = (folder: string, names: readonly string[]): void => {
  for (const name of names)
    changeFileMarks(join(folder, name), (marks) =>
      [markNames.copy, markNames.moved, markNames.seal, markNames.nextSeal].reduce(without, marks),
    );
};
