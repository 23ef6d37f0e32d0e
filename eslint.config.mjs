export { default } from './libs/lint/eslint.config.mjs';
