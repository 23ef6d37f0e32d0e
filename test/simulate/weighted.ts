import type { Random } from '../generated/random.js';

/** Picks items in proportion to their weights, in logarithmic time. */
export interface Weighted<Item> {
  pick(random: Random): Item;
}

/** @throws RangeError  no item has a weight above 0 */
export const weighted = <Item>(items: readonly (readonly [Item, number])[]): Weighted<Item> => {
  const kept = items.filter(([, weight]) => weight > 0);
  const sums: number[] = [];
  let total = 0;
  for (const [, weight] of kept) sums.push((total += weight));
  if (total === 0) throw new RangeError('nothing has a weight');
  return {
    pick(random) {
      const wanted = random() * total;
      let [low, high] = [0, kept.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? total) > wanted) high = middle;
        else low = middle + 1;
      }
      const found = kept[low];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found[0];
    },
  };
};
