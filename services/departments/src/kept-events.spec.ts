import { workOrder } from '@city311/domain-departments';
import { describeKeptStreams } from '@city311/testing';

import { workOrderCodec } from './work-order.codec.js';

describeKeptStreams('departments.workorder', workOrderCodec, workOrder);
