import { loadCity } from '@city311/city';

import { randomOf } from '../../generated/random.js';
import { readFigures } from '../../simulate/figures-file.js';
import type { Load } from '../gather.js';
import { Crews, TriageClerk } from './crews.js';
import { Doors } from './doors.js';
import { Reporters } from './reporters.js';

/** Everybody at once: adapters, crews that now and then reach for the same order, and the triage desk. */
export interface Crowd extends Load {
  readonly doors: readonly Doors[];
  readonly clerk: TriageClerk;
  /** Begins; resolves after `stop`, once everything begun has its final answer. */
  work(): Promise<void>;
  stop(): void;
  /** Stops without final answers, as after a failure; else whoever got none would ask for ever. */
  dismiss(): void;
}

/** @param seed  of everything that they do; when they do it depends on the machine */
export const crowdOf = (
  seed: number,
  keys: { readonly channel: string; readonly operator: string },
  /** Begins the ids of everything that they send, where there is more than one crowd. */
  prefix = '',
): Crowd => {
  const defects: string[] = [];
  const onDefect = (says: string): number => defects.push(says);
  const channel = new Doors(keys.channel, onDefect);
  const desk = new Doors(keys.operator, onDefect);
  const [city, figures] = [loadCity('boston'), readFigures('boston')];
  const reporters = ['north', 'south', 'west'].map(
    (name, index) => new Reporters(channel, randomOf(seed + index), `${prefix}${name}`, city, figures),
  );
  const first = new Crews(desk, randomOf(seed + 10), `${prefix}crew-1`, 1);
  const crews = [first, new Crews(desk, randomOf(seed + 11), `${prefix}crew-2`, 0.15)];
  const clerk = new TriageClerk(desk, randomOf(seed + 12), first);
  const stopping = new AbortController();
  const doors = [channel, desk];
  return {
    reporters,
    crews,
    clerk,
    defects,
    doors,
    work: async () => {
      await Promise.all([...reporters, ...crews, clerk].map((each) => each.work(stopping.signal)));
    },
    stop: () => stopping.abort(),
    dismiss: () => {
      stopping.abort();
      for (const door of doors) door.close();
    },
  };
};
