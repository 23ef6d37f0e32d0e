import { spawnSync } from 'node:child_process';

const oldest = 17;

/** Why the cluster's engines cannot run on this machine; null where they can. */
export const whyNoCluster = (): string | null => {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (status !== 0) return 'there is no Java on this machine';
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  return version < oldest ? `Java ${version} is older than ${oldest}` : null;
};
