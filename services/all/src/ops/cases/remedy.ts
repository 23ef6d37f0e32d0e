import type { Breach, CaseStanding, Known, OrderStanding } from '@city311/contracts';

export type CancelReason = 'case-withdrawn' | 'case-closed' | 'case-linked' | 'case-rerouted';

/** What mends a breach. */
export type Remedy =
  /** The case is on its own again; where it was closed with the parent it is opened again. */
  | { readonly kind: 'unlink'; readonly parent: string }
  /** Its close followed a case that goes on, or that it left: it is opened again. */
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

/** How a breach of the case is mended. @param known  as it was judged by */
export const remedyFor = ({ kind }: Breach, standing: CaseStanding, known: Known): Remedy => {
  const live = (known.orders.get(standing.caseNumber) ?? []).filter(({ isLive }) => isLive);
  const cancel = (orders: readonly OrderStanding[]): Remedy => ({
    kind: 'cancel-orders',
    orders: orders.map(({ workOrderId }) => workOrderId),
    reason: cancelReason(standing),
  });
  const parent = standing.parent ?? standing.closedWith ?? '';
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
      return { kind: 'unlink', parent };
    case 'parent-stranded':
      return { kind: 'with-parent' };
    case 'closed-without-parent': {
      const other = known.cases.get(parent);
      const mayFollow = other?.status === 'open' && other.parent === null && known.mayJoin(standing, other);
      return mayFollow ? { kind: 'reopen' } : { kind: 'unlink', parent };
    }
    case 'closed-though-apart':
      return { kind: 'reopen' };
  }
};

/** What is done, as one says it after "case …: ". */
export const remedySays = (remedy: Remedy): string => {
  switch (remedy.kind) {
    case 'unlink':
      return `taken apart from ${remedy.parent}, to be handled for itself`;
    case 'reopen':
      return 'opened again';
    case 'route':
      return 'given the route that routing decided';
    case 'issue-order':
      return 'given a work order';
    case 'cancel-orders':
      return `order ${remedy.orders.join(', ')} cancelled`;
    case 'with-parent':
      return 'mended with the case that it follows';
  }
};
