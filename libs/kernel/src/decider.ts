/** A fact that happened: `type` in the past tense, `data` plain JSON. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** A request to change something: `type` in the imperative. Time, ids and looked-up facts arrive in `data`. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** An expected "no", named by a kebab-case `code`; the other members say why. */
export interface Refusal {
  readonly code: string;
}

export type Decision<Event, No extends Refusal> =
  | { readonly outcome: 'accepted'; readonly events: readonly Event[] }
  | { readonly outcome: 'refused'; readonly refusal: No };

/** The facts that a command leads to; none when it changes nothing. */
export const accept = <Event>(
  ...events: readonly Event[]
): { outcome: 'accepted'; events: readonly Event[] } => ({
  outcome: 'accepted',
  events,
});

export const refuse = <No extends Refusal>(refusal: No): { outcome: 'refused'; refusal: No } => ({
  outcome: 'refused',
  refusal,
});

/** A pure, synchronous state machine: `decide` may refuse, `evolve` never does (history already happened). */
export interface Decider<State, Cmd, Event, No extends Refusal> {
  readonly initialState: State;
  readonly decide: (command: Cmd, state: State) => Decision<Event, No>;
  readonly evolve: (state: State, event: Event) => State;
}

export const fold = <State, Event>(
  decider: { readonly initialState: State; readonly evolve: (state: State, event: Event) => State },
  events: Iterable<Event>,
  from: State = decider.initialState,
): State => {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};
