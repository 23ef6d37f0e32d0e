import type { Place, ProtectedText } from '@city311/kernel';

import type { CaseView } from './case-view.js';

/** Id of the key under which a text is protected: `p1.<key id>.<base64url>`. */
export const keyIdOf = (text: ProtectedText): string => text.split('.', 2)[1] ?? '';

const exactGone = (place: Place): Place => {
  const open: { -readonly [Member in keyof Place]: Place[Member] } = { ...place };
  delete open.exact;
  return open;
};

/** The view without a text that was written under this key; everything that is not text stays. */
export const withoutTextsOf = (view: CaseView, author: string): CaseView => {
  const keep = (text: ProtectedText | null): ProtectedText | null =>
    text !== null && keyIdOf(text) === author ? null : text;
  const closings = view.closings.map((closing) => ({ ...closing, text: keep(closing.text) }));
  return {
    ...view,
    title: keep(view.title),
    description: keep(view.description),
    answers: view.answers.filter((answer) => !('text' in answer) || keep(answer.text) !== null),
    place:
      view.place.exact !== undefined && keep(view.place.exact) === null ? exactGone(view.place) : view.place,
    outcome: view.outcome && { ...view.outcome, text: keep(view.outcome.text) },
    closings,
    comments: view.comments.map((comment) => ({ ...comment, text: keep(comment.text) })),
  };
};
