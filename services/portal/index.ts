export { PortalModule } from './src/portal.module.js';
export { serviceRequestsProjection } from './src/views/service-requests/service-requests.projection.js';
