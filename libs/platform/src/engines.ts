import { Global, Module, type DynamicModule } from '@nestjs/common';

import type { City } from '@city311/city';
import type { EventStore } from '@city311/eventing';
import type { ParkedMessages, TopicReader } from '@city311/messaging';
import type { Leases } from '@city311/scheduling';
import type { ApiKeys, Vault } from '@city311/vault';

import type { Clock } from './clock.js';
import type { Logger } from './logging.js';
import type { ViewRegistry } from './views.js';

export const EVENT_STORE = Symbol('EventStore');
export const MESSAGING = Symbol('TopicReader');
export const PARKED = Symbol('ParkedMessages');
export const VIEWS = Symbol('ViewRegistry');
export const VAULT = Symbol('Vault');
export const API_KEYS = Symbol('ApiKeys');
export const LEASES = Symbol('Leases');
export const CLOCK = Symbol('Clock');
export const CITY = Symbol('City');
export const LOGGER = Symbol('Logger');
export const BACKGROUND = Symbol('Background');

/**
 * A process serves HTTP on one thread and does all else on another: consumers, views, timers, mail. The same modules
 * are composed on both; what is done once, unasked, is done only where `here` is true.
 */
export interface Background {
  readonly here: boolean;
}

/** The ports that every service gets, whichever engines stand behind them. */
export interface Engines {
  readonly store: EventStore;
  readonly topics: TopicReader;
  readonly parked: ParkedMessages;
  readonly views: ViewRegistry;
  readonly vault: Vault;
  readonly apiKeys: ApiKeys;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly city: City;
  readonly logger: Logger;
  readonly background: Background;
}

@Global()
@Module({})
export class EngineModule {
  static of(engines: Engines): DynamicModule {
    const providers = [
      { provide: EVENT_STORE, useValue: engines.store },
      { provide: MESSAGING, useValue: engines.topics },
      { provide: PARKED, useValue: engines.parked },
      { provide: VIEWS, useValue: engines.views },
      { provide: VAULT, useValue: engines.vault },
      { provide: API_KEYS, useValue: engines.apiKeys },
      { provide: LEASES, useValue: engines.leases },
      { provide: CLOCK, useValue: engines.clock },
      { provide: CITY, useValue: engines.city },
      { provide: LOGGER, useValue: engines.logger },
      { provide: BACKGROUND, useValue: engines.background },
    ];
    return { module: EngineModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
