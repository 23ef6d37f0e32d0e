import { fileURLToPath } from 'node:url';

/** Folder of the whole project, from source and from the compiled tree alike. */
export const projectRoot = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../..' : '../..', import.meta.url),
);
