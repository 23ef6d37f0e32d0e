import type { CloseCase, CloseWithParent } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import type { StreamName } from '@city311/kernel';

import type { CaseHandler } from './case-handler.js';

/**
 * Closes a case, at the start of its running clock where the close is told of an earlier time: clocks of crews and
 * servers differ, and a case may be reopened while its work is being ended. What is done is done.
 */
export const closeNoSooner = async (
  cases: CaseHandler,
  stream: StreamName,
  command: CloseCase | CloseWithParent,
  context: CommandContext,
): ReturnType<CaseHandler['handle']> => {
  const handled = await cases.handle(stream, command, context);
  if (handled.outcome === 'accepted' || handled.refusal.code !== 'impossible-time') return handled;
  const closedAt = handled.refusal.notBefore;
  const later =
    command.type === 'CloseCase'
      ? { type: command.type, data: { ...command.data, closedAt } }
      : { type: command.type, data: { ...command.data, closedAt } };
  return cases.handle(stream, later, { ...context, time: closedAt });
};
