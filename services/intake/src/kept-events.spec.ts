import {
  caseDecider,
  incidentDecider,
  numberBlockDecider,
  receiptDecider,
  referenceDecider,
} from '@city311/domain-intake';
import { describeKeptStreams } from '@city311/testing';

import { caseCodec, incidentCodec, numberBlockCodec, receiptCodec, referenceCodec } from './case.codec.js';

describeKeptStreams('intake.case', caseCodec, caseDecider);
describeKeptStreams('intake.incident', incidentCodec, incidentDecider);
describeKeptStreams('intake.numbers', numberBlockCodec, numberBlockDecider);
describeKeptStreams('intake.receipt', receiptCodec, receiptDecider);
describeKeptStreams('intake.reference', referenceCodec, referenceDecider);
