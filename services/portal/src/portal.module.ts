import { Module } from '@nestjs/common';

import { topics } from '@city311/contracts';
import { VAULT, viewProvider } from '@city311/platform';
import type { Vault } from '@city311/vault';

import { InsightsController } from './http/insights.controller.js';
import { OpenDataController } from './http/open-data.controller.js';
import { SERVICE_REQUESTS } from './tokens.js';
import { revealTexts } from './views/service-requests/reveal-texts.js';
import { serviceRequestsProjection } from './views/service-requests/service-requests.projection.js';

@Module({
  controllers: [OpenDataController, InsightsController],
  providers: [
    viewProvider(SERVICE_REQUESTS, [VAULT], (vault: Vault) => ({
      projection: serviceRequestsProjection,
      topic: topics.case.name,
      prepare: revealTexts(vault),
    })),
  ],
})
export class PortalModule {}
