import { describe } from '@jest/globals';

import { describeBatches } from './batch-contract.js';
import { describeDelivery } from './delivery-contract.js';
import type { MessagingFixture } from './fixture.js';
import { describeMembers } from './members-contract.js';
import { describeParking } from './parking-contract.js';
import { describeReader } from './reader-contract.js';

/** What every adapter of the Messaging port must do. */
export const describeMessagingContract = (name: string, make: () => Promise<MessagingFixture>): void => {
  describe(`${name} as messaging`, () => {
    describeDelivery(make);
    describeParking(make);
    describeBatches(make);
    describeMembers(make);
    describeReader(make);
  });
};

export type { MessagingFixture, ToPublish } from './fixture.js';
export {
  describeRelayCheckpointsContract,
  type RelayCheckpointsFixture,
} from './relay-checkpoints-contract.js';
export { until } from './until.js';
