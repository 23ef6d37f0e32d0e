import { describeMessagingContract } from '@city311/testing';

import { logMessagingFixture } from './log-messaging.fixture.spec-support.js';

describeMessagingContract('The log', logMessagingFixture);
