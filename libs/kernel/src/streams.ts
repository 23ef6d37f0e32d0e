import type { Brand } from './brand.js';

/** `<context>.<category>-<id>`; the id starts after the first dash. */
export type StreamName = Brand<string, 'StreamName'>;
/** `<context>.<category>`, for example `intake.case`. */
export type Category = Brand<string, 'Category'>;

const categoryPattern = /^[a-z]+\.[a-z]+$/;

/** @throws RangeError `category` is not `<context>.<category>` in small letters, or `id` is empty. */
export const streamName = (category: string, id: string): StreamName => {
  if (!categoryPattern.test(category)) throw new RangeError(`not a category: ${category}`);
  if (id === '') throw new RangeError(`a stream of ${category} needs an id`);
  return `${category}-${id}` as StreamName;
};

/** @throws RangeError `name` has no category or no id. */
export const parseStreamName = (name: string): { category: Category; id: string } => {
  const dash = name.indexOf('-');
  const category = name.slice(0, dash);
  if (dash < 0 || !categoryPattern.test(category) || dash === name.length - 1) {
    throw new RangeError(`not a stream name: ${name}`);
  }
  return { category: category as Category, id: name.slice(dash + 1) };
};
