/** Passes the items of `source` on and ends once none has come for `idleMs`; the caller then ends the source. */
export async function* endWhenIdle<Item>(source: AsyncIterable<Item>, idleMs: number): AsyncGenerator<Item> {
  const items = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await withinMs(items.next(), idleMs);
    if (next === null || next.done === true) return;
    yield next.value;
  }
}

const withinMs = <Value>(value: Promise<Value>, ms: number): Promise<Value | null> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(null);
    }, ms);
    value.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
