import type { CaseView } from '@city311/contracts';
import type { City } from '@city311/city';
import type { CaseNumber, ProtectedText } from '@city311/kernel';
import { carriable } from '@city311/platform';
import type { Vault } from '@city311/vault';

const isText = (text: ProtectedText | null): text is ProtectedText => text !== null;

/** Every case that this one was ever joined to. */
export const parentsOf = ({ links }: CaseView): readonly CaseNumber[] => [
  ...new Set(links.map(({ parent }) => parent)),
];

/**
 * As the public may see it: a parent that may not be shown is not named.
 * @param isShown  of the parents as they are now; what a link said when it was made is hidden in any case
 */
export const withoutHiddenParents = (view: CaseView, isShown: (parent: CaseNumber) => boolean): CaseView => {
  const hidden = new Set(
    view.links.flatMap(({ parent, parentHidden }) => (parentHidden || !isShown(parent) ? [parent] : [])),
  );
  if (hidden.size === 0) return view;
  const shown = (parent: CaseNumber | null): CaseNumber | null =>
    parent !== null && hidden.has(parent) ? null : parent;
  const closings = view.closings.map((closing) => ({
    ...closing,
    followedParent: shown(closing.followedParent),
  }));
  return {
    ...view,
    parent: shown(view.parent),
    links: view.links.filter(({ parent }) => !hidden.has(parent)),
    closings,
    outcome: view.outcome === null ? null : (closings.at(-1) ?? null),
  };
};

type TypedAnswer = Extract<CaseView['answers'][number], { readonly text: unknown }>;

/** What nobody asked for may say anything, the sender's device or name among it: the public sees that it is there. */
const answered = (
  { text, ...answer }: TypedAnswer,
  withText: boolean,
  clear: (text: ProtectedText) => string | null,
): object => (withText ? { ...answer, text: clear(text) } : answer);

/**
 * The case as JSON for `GET /api/cases/{number}`, redacted texts in clear, without anything that names the reporter.
 * `overdue` is computed at `now`.
 */
export const caseDocument = async (
  view: CaseView,
  now: string,
  city: City,
  vault: Vault,
  reader: 'public' | 'staff' = 'public',
): Promise<object> => {
  const {
    contactId: _contact,
    place,
    title,
    description,
    comments,
    closings,
    answers,
    adapter: _adapter,
    ...open
  } = view;
  const { exact: _exact, ...publicPlace } = place;
  const texts = [
    title,
    description,
    ...comments.map(({ text }) => text),
    ...closings.map(({ text }) => text),
    ...answers.map((answer) => ('text' in answer ? answer.text : null)),
  ].filter(isText);
  const words = await vault.reveal(texts);
  const inClear = new Map(
    texts.map((text, index) => {
      const said = words[index] ?? null;
      return [text, said === null ? null : carriable(said)];
    }),
  );
  const clear = (text: ProtectedText | null): string | null =>
    text === null ? null : (inClear.get(text) ?? null);
  const clearClosings = closings.map((closing) => ({ ...closing, text: clear(closing.text) }));
  return {
    ...open,
    serviceName: city.service(view.serviceCode)?.name ?? view.serviceCode,
    departmentName: view.departmentId === null ? null : city.departmentName(view.departmentId),
    overdue: view.status === 'open' && view.dueAt !== null && view.dueAt < now,
    place: publicPlace,
    title: clear(title),
    description: clear(description),
    answers: answers.map((answer) =>
      'text' in answer ? answered(answer, reader === 'staff' || answer.undeclared !== true, clear) : answer,
    ),
    comments: comments
      .filter(({ visibility }) => visibility === 'public')
      .map((comment) => ({ ...comment, text: clear(comment.text) })),
    closings: clearClosings,
    outcome: view.outcome === null ? null : clearClosings[clearClosings.length - 1],
  };
};
