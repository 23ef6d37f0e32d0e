/** How often the background thread empties the write-ahead logs, so that no answer waits for it. */
const checkpointEveryMs = 4_000;

export const checkpointEvery = (isBackground: boolean): { readonly checkpointEveryMs?: number } =>
  isBackground ? { checkpointEveryMs } : {};
