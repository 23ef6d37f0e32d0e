import { accept, refuse } from '@city311/kernel';

import type { CaseClosed } from './case.events.js';
import { before, endedOnTime, type CaseDecision } from './case.refusals.js';
import type { RunningClock } from './case.state.js';

/** The close of a clock; a live one may not lie before its beginning. */
export const close = (
  clock: RunningClock,
  imported: boolean,
  closing: Omit<CaseClosed, 'onTime'>,
): CaseDecision =>
  !imported && before(closing.closedAt, clock.openedAt)
    ? refuse({ code: 'impossible-time', notBefore: clock.openedAt })
    : accept({
        type: 'CaseClosed',
        data: { ...closing, onTime: endedOnTime(clock.dueAt, closing.closedAt) },
      });
