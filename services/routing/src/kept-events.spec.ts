import { caseRouting, ruleSet } from '@city311/domain-routing';
import { describeKeptStreams } from '@city311/testing';

import { caseRoutingCodec, ruleSetCodec } from './routing.codec.js';

describeKeptStreams('routing.case', caseRoutingCodec, caseRouting);
describeKeptStreams('routing.ruleset', ruleSetCodec, ruleSet);
