import type { Breach, CaseStanding, Known, OrderStanding } from '@city311/contracts';

export type CancelReason = 'case-withdrawn' | 'case-closed' | 'case-linked' | 'case-rerouted';

/** What mends a breach. */
export type Remedy =
  /** The incident policy looks at the case and its parent again; `says` is what will come of it. */
  | { readonly kind: 'settle'; readonly says: string }
  | { readonly kind: 'unlink'; readonly parent: string }
  | { readonly kind: 'reopen' }
  /** What routing decided is told to the case again. */
  | { readonly kind: 'route' }
  | { readonly kind: 'issue-order' }
  | { readonly kind: 'cancel-orders'; readonly orders: readonly string[]; readonly reason: CancelReason }
  /** Its parent is what must be mended. */
  | { readonly kind: 'with-parent' };

const cancelReason = ({ status, parent }: CaseStanding): CancelReason => {
  if (status !== 'open') return status === 'closed' ? 'case-closed' : 'case-withdrawn';
  return parent === null ? 'case-rerouted' : 'case-linked';
};

/** The one that its department took up last stays. */
const withoutLast = (live: readonly OrderStanding[]): readonly OrderStanding[] => live.slice(0, -1);

const apart = (parent: string): string => `taken apart from ${parent}, to be handled for itself`;

/** The cases that are each other's parents, where the way up from the case leads into them. */
const circleAbove = (standing: CaseStanding, { cases }: Known): readonly string[] => {
  const way: string[] = [];
  for (let at: string | null = standing.caseNumber; at !== null; at = cases.get(at)?.parent ?? null) {
    if (way.includes(at)) return way.slice(way.indexOf(at));
    way.push(at);
  }
  return [];
};

const ofFollower = (kind: Breach['kind'], standing: CaseStanding, known: Known): Remedy => {
  const parent = standing.parent ?? standing.closedWith ?? '';
  const other = known.cases.get(parent);
  if (kind === 'parents-in-a-circle') {
    // As the policy has it: the one with the smallest number goes free, and the others follow.
    const isFirst = circleAbove(standing, known).toSorted()[0] === standing.caseNumber;
    return isFirst ? { kind: 'unlink', parent } : { kind: 'with-parent' };
  }
  if (kind === 'parent-ended' && other?.status === 'closed') {
    // Whoever opened it again while it was joined said that the other's end had not mended it.
    return standing.statusBy.startsWith('CaseReopened@')
      ? { kind: 'unlink', parent }
      : { kind: 'settle', says: `closed with ${parent}` };
  }
  if (kind === 'parent-follows')
    return { kind: 'settle', says: `joined to ${other?.parent ?? ''}, as ${parent} is` };
  return other?.status === 'open' && known.mayJoin(standing, other)
    ? { kind: 'settle', says: `opened again with ${parent}` }
    : { kind: 'settle', says: apart(parent) };
};

/** How a breach of the case is mended. @param known  as it was judged by */
export const remedyFor = ({ kind }: Breach, standing: CaseStanding, known: Known): Remedy => {
  const live = (known.orders.get(standing.caseNumber) ?? []).filter(({ isLive }) => isLive);
  const cancel = (orders: readonly OrderStanding[]): Remedy => ({
    kind: 'cancel-orders',
    orders: orders.map(({ workOrderId }) => workOrderId),
    reason: cancelReason(standing),
  });
  switch (kind) {
    case 'not-routed':
      return { kind: 'route' };
    case 'no-order':
      return { kind: 'issue-order' };
    case 'two-orders':
      return cancel(withoutLast(live));
    case 'needless-order':
      return cancel(live);
    case 'parent-unknown':
    case 'parents-in-a-circle':
    case 'parent-follows':
    case 'parent-ended':
    case 'parent-unlike':
    case 'closed-without-parent':
      return ofFollower(kind, standing, known);
    case 'parent-stranded':
      return { kind: 'with-parent' };
    case 'closed-though-apart':
      return { kind: 'reopen' };
  }
};

/** What is done, as one says it after "to be". */
export const remedySays = (remedy: Remedy): string => {
  switch (remedy.kind) {
    case 'settle':
      return remedy.says;
    case 'unlink':
      return apart(remedy.parent);
    case 'reopen':
      return 'opened again';
    case 'route':
      return 'given the route that routing decided';
    case 'issue-order':
      return 'given a work order';
    case 'cancel-orders':
      return `rid of order ${remedy.orders.join(', ')}`;
    case 'with-parent':
      return 'mended with the case that it follows';
  }
};
