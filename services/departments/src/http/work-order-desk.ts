import type { City } from '@city311/city';
import { factsOf, type WorkOrder } from '@city311/domain-departments';
import type { CommandItem } from '@city311/eventing';
import { assertNever, parseStreamName, type Instant, type WrittenText } from '@city311/kernel';
import {
  clocksDifferMs,
  departmentOf,
  isHistory,
  problem,
  problemOf,
  roleKind,
  type Clock,
  type Problem,
  type ProblemException,
} from '@city311/platform';
import { turns, type ApiKey, type Vault } from '@city311/vault';

import { docOfState, type WorkOrderDoc } from '../work-orders/work-order-doc.js';
import {
  onBehalf,
  workOrderStream,
  type DeskRefusal,
  type OnBehalf,
  type WorkOrderHandler,
} from '../work-orders/work-order-handler.js';
import { askedFor, type Action } from './work-order-action.js';

export interface Wish {
  readonly workOrderId: string;
  readonly action: Action;
  readonly body: unknown;
}

/** A transition that is sound, with the time that the caller told, if any. */
type Prepared = CommandItem<OnBehalf> & { readonly told: Instant | undefined };

export type DeskAnswer = { readonly doc: WorkOrderDoc } | { readonly problem: Problem };

const idPattern = /^\d{12}-[1-9]\d{0,5}$/;

export const noSuchOrder = (): ProblemException =>
  problem(404, 'no-such-work-order', 'There is no work order of this number');

const wordsIn = ({ data: { command } }: OnBehalf): WrittenText | null => {
  if (command.type === 'Complete') return command.data.text ?? null;
  return command.type === 'HandBack' ? command.data.reason : null;
};

const otherwise = (): ProblemException =>
  problem(409, 'different-body', 'This work order was ended before with other words, or at another time');

/** Whether an order that is over already is told to have ended at another time; clocks differ. */
const hasOtherTime = (told: Instant | undefined, state: WorkOrder): boolean => {
  const ended =
    state.status === 'completed'
      ? state.completedAt
      : state.status === 'handed-back'
        ? state.handedBackAt
        : null;
  if (told === undefined || ended === null) return false;
  return Math.abs(Date.parse(told) - Date.parse(ended)) > clocksDifferMs;
};

const refusalProblem = (refusal: DeskRefusal): ProblemException => {
  const no = (title: string): ProblemException => problem(409, refusal.code, title, { refusal });
  switch (refusal.code) {
    case 'not-issued':
      return noSuchOrder();
    case 'not-yours':
      return problem(403, 'not-yours', 'This work order belongs to another department');
    case 'already-issued':
      return no('This work order was issued to another department');
    case 'claimed-by-another':
      return no('Somebody else has claimed this work order');
    case 'work-under-way':
      return no('Work is under way; pause it first');
    case 'work-paused':
      return no('Work is paused; resume it');
    case 'paused-otherwise':
      return no('Work is paused already, for another reason; resume it first');
    case 'not-started':
      return no('Work has not been started');
    case 'work-order-over':
      return no('This work order is over');
    default:
      return assertNever(refusal);
  }
};

/** Takes transitions of work orders, one or many; answers from the fold of each stream. */
export class WorkOrderDesk {
  constructor(
    private readonly handler: WorkOrderHandler,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly city: City,
  ) {}

  /** Answers in the order of the wishes. One read and shared writes for all that are sound. */
  async move(wishes: readonly Wish[], caller: ApiKey): Promise<readonly DeskAnswer[]> {
    const now = this.clock.now();
    const owners = await this.#ownersOf(wishes, caller);
    const prepared = await Promise.all(wishes.map((wish) => this.#prepare(wish, caller, owners, now)));
    const items = prepared.filter((each) => 'command' in each);
    const results = (await this.handler.handleMany(items)).values();
    const outcomes = prepared.map((each) =>
      'problem' in each ? each : { each, result: results.next().value },
    );
    const answers = outcomes.map(async (outcome): Promise<DeskAnswer> => {
      if ('problem' in outcome) return outcome;
      const { each, result } = outcome;
      if (result === undefined) throw new Error('a command without its result');
      if (result.outcome === 'failed') return { problem: problemOf(result.error) };
      if (result.outcome === 'refused') return { problem: refusalProblem(result.refusal).problem };
      if (result.events.length === 0 && (await this.#isOtherwise(each, result.state)))
        return { problem: otherwise().problem };
      const doc = docOfState(result.state, now.toISOString());
      return doc === null ? { problem: noSuchOrder().problem } : { doc };
    });
    return Promise.all(answers);
  }

  /** Whether an order that is over already was ended otherwise than is said here, which would be lost. */
  async #isOtherwise({ command, told }: Prepared, state: WorkOrder): Promise<boolean> {
    if (hasOtherTime(told, state)) return true;
    const text = wordsIn(command);
    if (text === null || !('words' in state)) return false;
    if (state.words === null) return true;
    const [before, now] = await this.vault.reveal([state.words.original, text.original]);
    return before !== null && before !== now;
  }

  /** @throws ProblemException  404, or 403 where it belongs to another department */
  async show(workOrderId: string, caller: ApiKey): Promise<WorkOrderDoc> {
    if (!idPattern.test(workOrderId)) throw noSuchOrder();
    const { state } = await this.handler.load(workOrderStream(workOrderId));
    const owner = factsOf(state)?.order.departmentId;
    const doc = docOfState(state, this.clock.now().toISOString());
    if (doc === null) throw noSuchOrder();
    const mine = departmentOf(caller);
    if (mine !== null && mine !== owner) throw refusalProblem({ code: 'not-yours' });
    return doc;
  }

  /** Whose staff's words the texts are, where the caller is not the department itself. */
  async #ownersOf(wishes: readonly Wish[], caller: ApiKey): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>();
    if (departmentOf(caller) !== null) return owners;
    const written = wishes.filter(
      ({ workOrderId, action }) =>
        (action === 'complete' || action === 'hand-back') && idPattern.test(workOrderId),
    );
    if (written.length === 0) return owners;
    const streams = new Set(written.map(({ workOrderId }) => workOrderStream(workOrderId)));
    for (const [stream, state] of await this.handler.recall([...streams])) {
      const owner = factsOf(state)?.order.departmentId;
      if (owner !== undefined) owners.set(parseStreamName(stream).id, owner);
    }
    return owners;
  }

  async #prepare(
    { workOrderId, action, body }: Wish,
    caller: ApiKey,
    owners: ReadonlyMap<string, string>,
    now: Date,
  ): Promise<Prepared | { readonly problem: Problem }> {
    if (!idPattern.test(workOrderId)) return { problem: noSuchOrder().problem };
    await turns.next();
    const asked = askedFor(action, body, { now, clock: this.city.clock });
    const kind = roleKind(caller);
    const faults = [...asked.faults];
    if (asked.told !== undefined && kind === 'department') {
      faults.push({ path: 'at', message: 'only importers and operators may say when it happened' });
    }
    if (faults.length > 0)
      return { problem: problem(400, 'invalid', 'The request has faults', { faults }).problem };
    const department = departmentOf(caller);
    try {
      const author = department ?? owners.get(workOrderId) ?? kind;
      const command = await asked.command(this.vault, `staff:${author}`);
      return {
        stream: workOrderStream(workOrderId),
        command: onBehalf(department, command),
        told: asked.told,
        context: {
          source: '/departments',
          subject: workOrderId.slice(0, 12),
          time: asked.at,
          actor: `key:${caller.name}`,
          jurisdiction: this.city.jurisdiction,
          imported: isHistory(asked.told, kind === 'importer', now),
          correlationId: crypto.randomUUID(),
        },
      };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  }
}
