import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';

import { DepartmentsModule } from '@city311/departments';
import { IntakeModule } from '@city311/intake';
import { NotificationsModule } from '@city311/notifications';
import { API_KEYS, EngineModule, KeyGuard, LOGGER, ProblemFilter, type Logger } from '@city311/platform';
import { PortalModule } from '@city311/portal';
import { RoutingModule } from '@city311/routing';
import type { ApiKeys } from '@city311/vault';

import type { Config, Target } from './config.js';
import type { EmbeddedEngines } from './engines/embedded.js';
import { Metrics } from './http/metrics.js';
import { OperationsController } from './http/operations.controller.js';
import { readStatus } from './http/status.js';
import { STATUS } from './http/tokens.js';
import { ViewsController } from './http/views.controller.js';
import type { Readiness } from './readiness.js';
import { Readiness as ReadinessToken } from './readiness.js';

const modulesOf = (target: Target, config: Config): readonly (Type | DynamicModule)[] => {
  const modules = {
    intake: IntakeModule,
    routing: RoutingModule,
    departments: DepartmentsModule,
    notifications: NotificationsModule.with({
      mailFolder: `${config.DATA_DIR}/mail`,
      from: config.MAIL_FROM,
      publicUrl: config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`,
      ...(config.SMTP_URL === undefined ? {} : { smtpUrl: config.SMTP_URL }),
    }),
    portal: PortalModule,
  };
  return target === 'all' ? Object.values(modules) : [modules[target]];
};

/** One process: the engines, what operators ask for, and the services that TARGET names. */
@Module({})
export class AppModule {
  static of(config: Config, engines: EmbeddedEngines, readiness: Readiness): DynamicModule {
    return {
      module: AppModule,
      imports: [EngineModule.of(engines), ...modulesOf(config.TARGET, config)],
      controllers: [OperationsController, ViewsController],
      providers: [
        Metrics,
        { provide: ReadinessToken, useValue: readiness },
        { provide: STATUS, useValue: () => readStatus(engines) },
        {
          provide: APP_GUARD,
          inject: [API_KEYS, Reflector],
          useFactory: (keys: ApiKeys, reflector: Reflector) => new KeyGuard(keys, reflector),
        },
        { provide: APP_FILTER, inject: [LOGGER], useFactory: (logger: Logger) => new ProblemFilter(logger) },
      ],
    };
  }
}
