export { settings, readConfig, type Config } from './src/config.js';
export { startProcess, type RunningProcess } from './src/process.js';
