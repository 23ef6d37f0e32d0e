import { accept, refuse } from '@city311/kernel';
import type { CaseNumber, Command, Decider, Decision, Instant } from '@city311/kernel';

import type { CallAnswered, CallEnded, CallEvent, CallLinked, CallStarted } from './call.events.js';

export type CallCommand =
  | Command<'StartCall', CallStarted>
  | Command<'AnswerCall', CallAnswered>
  | Command<'LinkCall', CallLinked>
  | Command<'EndCall', CallEnded>;

export type CallRefusal =
  | { readonly code: 'call-not-started' }
  | { readonly code: 'call-already-started'; readonly startedAt: Instant }
  | { readonly code: 'call-ended'; readonly endedAt: Instant };

/** Answers and links may still be noted after the end: call takers wrap up then. */
export type Call =
  | { readonly status: 'not-started' }
  | ({ readonly status: 'under-way' } & Known)
  | ({ readonly status: 'ended'; readonly endedAt: Instant } & Known);

interface Known {
  readonly startedAt: Instant;
  readonly topics: readonly string[];
  readonly cases: readonly CaseNumber[];
}

const decide = (command: CallCommand, state: Call): Decision<CallEvent, CallRefusal> => {
  if (command.type === 'StartCall') {
    if (state.status === 'not-started') return accept({ type: 'CallStarted', data: command.data });
    return state.startedAt === command.data.startedAt
      ? accept()
      : refuse({ code: 'call-already-started', startedAt: state.startedAt });
  }
  if (state.status === 'not-started') return refuse({ code: 'call-not-started' });
  switch (command.type) {
    case 'AnswerCall':
      return state.topics.includes(command.data.topic)
        ? accept()
        : accept({ type: 'CallAnswered', data: command.data });
    case 'LinkCall':
      return state.cases.includes(command.data.caseNumber)
        ? accept()
        : accept({ type: 'CallLinked', data: command.data });
    case 'EndCall':
      if (state.status === 'under-way') return accept({ type: 'CallEnded', data: command.data });
      return state.endedAt === command.data.endedAt
        ? accept()
        : refuse({ code: 'call-ended', endedAt: state.endedAt });
  }
};

const evolve = (state: Call, event: CallEvent): Call => {
  if (event.type === 'CallStarted') {
    return { status: 'under-way', startedAt: event.data.startedAt, topics: [], cases: [] };
  }
  if (state.status === 'not-started') return state;
  switch (event.type) {
    case 'CallAnswered':
      return { ...state, topics: [...state.topics, event.data.topic] };
    case 'CallLinked':
      return { ...state, cases: [...state.cases, event.data.caseNumber] };
    case 'CallEnded':
      return { ...state, status: 'ended', endedAt: event.data.endedAt };
  }
};

export const callDecider: Decider<Call, CallCommand, CallEvent, CallRefusal> = {
  initialState: { status: 'not-started' },
  decide,
  evolve,
};
