export * from './src/media.js';
export { openFolderMedia } from './src/folder/folder-media.js';
export type { FolderMediaOptions } from './src/folder/folder-media.js';
