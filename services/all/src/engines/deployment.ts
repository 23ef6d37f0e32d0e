import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { newEventId, VersionConflictError, type EventStore } from '@city311/eventing';
import {
  PoisonMessageError,
  streamName,
  type Category,
  type ProtectedText,
  type StreamName,
} from '@city311/kernel';
import type { Vault } from '@city311/vault';

/** Log and vault are those of different systems; says what to do. */
export class DeploymentError extends RangeError {
  override readonly name = 'DeploymentError';
}

export const deploymentCategory = 'system.deployment' as Category;
const stream: StreamName = streamName(deploymentCategory, 'name');
const type = 'system.DeploymentNamed.v1';
const named = z.object({ deployment: z.uuid() });
const protectedTexts = /p1\.[\w-]{12}\.[\w-]+/g;
const looked = 100;
const todo =
  'are EVENTSTORE_URL and MONGODB_URL of one system? If one of them was restored, restore the other from the same time';

/** Name of the log's deployment; null where it has none. */
const nameOf = async (store: EventStore): Promise<string | null> => {
  const [first] = await store.readStream(stream);
  return first === undefined ? null : named.parse(first.data).deployment;
};

/** Names the log, once; answers the name that stands. */
const nameLog = async (store: EventStore, deployment: string, jurisdiction: string): Promise<string> => {
  const event = {
    id: newEventId(),
    type,
    data: { deployment },
    source: '/all',
    subject: stream,
    time: new Date().toISOString(),
    actor: 'policy:deployment',
    jurisdiction,
    imported: false,
    correlationId: deployment,
  };
  try {
    await store.append(stream, [event], 'no-stream');
    return deployment;
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    return (await nameOf(store)) ?? deployment;
  }
};

/** Whether the vault has the keys of the log's first cases; so it is where there are none. */
const canRead = async (store: EventStore, vault: Vault): Promise<boolean> => {
  const { events } = await store.readCategories(['intake.case' as Category], null, looked);
  const texts = events.flatMap(({ data }) => JSON.stringify(data).match(protectedTexts) ?? []);
  try {
    await vault.reveal(texts as ProtectedText[]);
    return true;
  } catch (error) {
    if (error instanceof PoisonMessageError) return false;
    throw error;
  }
};

/**
 * Log and vault on servers know each other: both bear the name of the deployment, the log first. Where neither has one
 * they get it, if the vault can read what the log begins with.
 * @throws DeploymentError  one of them belongs to another system, or was made anew
 */
export const checkDeployment = async (
  { store, vault }: { readonly store: EventStore; readonly vault: Vault },
  jurisdiction: string,
): Promise<void> => {
  // The vault first: whoever finds it named finds the log named, too, while others are naming both.
  const ofVault = await vault.deployment();
  const ofLog = await nameOf(store);
  if (ofVault !== null && ofVault === ofLog) return;
  if (ofVault !== null)
    throw new DeploymentError(
      ofLog === null
        ? `the event store does not belong to this vault: it is new, or another's; ${todo}`
        : `the event store and the vault belong to two systems; ${todo}`,
    );
  if (!(await canRead(store, vault)))
    throw new DeploymentError(`the vault has no key of what the event store begins with; ${todo}`);
  const name = ofLog ?? (await nameLog(store, randomUUID(), jurisdiction));
  if ((await vault.nameDeployment(name)) !== name)
    throw new DeploymentError(`the event store and the vault belong to two systems; ${todo}`);
};
