import { TransientError } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';

/** `work`, its failures told as ones that may pass; a RangeError, a topic that is not there, is none. */
const passing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TransientError || error instanceof RangeError) throw error;
    throw new TransientError('topics cannot be asked at the moment', { cause: error });
  }
};

/** The same topics; a broker that does not answer a question is no defect of who asks. */
export const passingFaults = (reader: TopicReader): TopicReader => ({
  ...reader,
  head: (topics) => passing(() => reader.head(topics)),
  countAfter: (topic, position) => passing(() => reader.countAfter(topic, position)),
});
