import { textFault, type Fault } from '@city311/platform';

/** What is wrong with an `Idempotency-Key` header; nothing where there is none. */
export const idempotencyKeyFaults = (key: string | undefined): readonly Fault[] => {
  const fault = key === undefined ? null : key === '' ? 'must not be empty' : textFault(key, 255);
  return fault === null ? [] : [{ path: 'Idempotency-Key', message: fault }];
};
