import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';

import { DepartmentsModule } from '@city311/departments';
import { IntakeModule } from '@city311/intake';
import { NotificationsModule } from '@city311/notifications';
import {
  API_KEYS,
  EngineModule,
  KeyGuard,
  LOGGER,
  ProblemFilter,
  type Engines,
  type Logger,
} from '@city311/platform';
import { PortalModule } from '@city311/portal';
import { RoutingModule } from '@city311/routing';
import type { ApiKeys } from '@city311/vault';

import { demandsTls, type Config } from './config.js';
import { OperationsController } from './http/operations.controller.js';
import { BACKGROUND_WORK } from './http/tokens.js';
import { ViewsController } from './http/views.controller.js';
import { Readiness } from './readiness.js';
import type { BackgroundWork } from './threads/background-work.js';

const servicesOf = (config: Config): (Type | DynamicModule)[] => {
  const modules = {
    intake: IntakeModule,
    routing: RoutingModule,
    departments: DepartmentsModule,
    notifications: NotificationsModule.with({
      mailFolder: `${config.DATA_DIR}/mail`,
      from: config.MAIL_FROM,
      publicUrl: config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`,
      requireTls: demandsTls(config),
      mailsPerDay: config.MAILS_PER_DAY,
      ...(config.SMTP_URL === undefined ? {} : { smtpUrl: config.SMTP_URL }),
    }),
    portal: PortalModule,
  };
  if (config.TARGET === 'relay') return [];
  return config.TARGET === 'all' ? Object.values(modules) : [modules[config.TARGET]];
};

/** The services that TARGET names, composed for one of the two threads of a process. */
@Module({})
export class AppModule {
  /** Consumers, views, timers and mail. */
  static background(config: Config, engines: Engines): DynamicModule {
    return { module: AppModule, imports: [EngineModule.of(engines), ...servicesOf(config)] };
  }

  /** Everything that is asked over HTTP, and what operators ask. */
  static http(
    config: Config,
    engines: Engines,
    readiness: Readiness,
    background: BackgroundWork,
    onRoleRefused: () => void = () => undefined,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [EngineModule.of(engines), ...servicesOf(config)],
      controllers: [OperationsController, ViewsController],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: BACKGROUND_WORK, useValue: background },
        {
          provide: APP_GUARD,
          inject: [API_KEYS, Reflector],
          useFactory: (keys: ApiKeys, reflector: Reflector) => new KeyGuard(keys, reflector, onRoleRefused),
        },
        { provide: APP_FILTER, inject: [LOGGER], useFactory: (logger: Logger) => new ProblemFilter(logger) },
      ],
    };
  }
}
