export { PortalModule } from './src/portal.module.js';
