import type { Manifest } from '../manifest.js';

/** Everything that is rendered for one release -> what is wrong with it, each fault beginning with the resource's name. */
export type Rule = (manifests: readonly Manifest[]) => readonly string[];
