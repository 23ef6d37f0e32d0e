/** As many as the log takes in one write; more would only hold memory. */
const atOnce = 32;

/** Does `act` for every item, some at a time. One that fails stops none of the others; what it threw is thrown at the end. */
export const someAtOnce = async <Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = items.values();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const item of waiting) await act(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  if (failures.length > 0) throw failures[0];
};
