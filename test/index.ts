export * from './replay/columns.js';
export { readFileRows } from './replay/read-rows.js';
export { replay, type ReplayResult, type ReplaySettings } from './replay/replay.js';
export { faultsOf, reportLines, type Floors } from './replay/report.js';
export { Client, GaveUpError, type Answer, type Call } from './server/client.js';
export { StartedServer, freePort, projectRoot, type ServerOptions } from './server/started-server.js';
