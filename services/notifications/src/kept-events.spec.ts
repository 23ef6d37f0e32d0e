import { notice, subscription } from '@city311/domain-notifications';
import { describeKeptStreams } from '@city311/testing';

import { noticeCodec, subscriptionCodec } from './codecs.js';

describeKeptStreams('notifications.notice', noticeCodec, notice);
describeKeptStreams('notifications.subscription', subscriptionCodec, subscription);
