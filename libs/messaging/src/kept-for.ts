/** Asks at most once in `ms`: whoever asks sooner gets the last answer, or waits for the same one. */
export const keptFor = <Answer>(ms: number, ask: () => Promise<Answer>): (() => Promise<Answer>) => {
  let latest: { readonly at: number; readonly answer: Promise<Answer> } | null = null;
  return () => {
    const now = performance.now();
    if (latest === null || now - latest.at > ms) latest = { at: now, answer: ask() };
    return latest.answer;
  };
};
