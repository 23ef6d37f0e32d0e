import type { Query } from './read-models.js';

const defaultLimit = 100;
const maxLimit = 10_000;

/** Documents of a page. @throws RangeError  not a whole number in bounds */
export const limitOf = ({ limit = defaultLimit }: Query): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new RangeError(`limit must be a whole number from 1 to ${maxLimit}`);
  }
  return limit;
};
