import { accept, refuse } from '@city311/kernel';
import type { Command, Decider, DomainEvent, Instant } from '@city311/kernel';

/**
 * An id of another system was claimed for the report that came in under this receipt key. The hash of system and id
 * names the stream, so that one id belongs to one report, whoever asks at the same moment.
 */
export interface ReferenceClaimed {
  readonly receiptKey: string;
  readonly claimedAt: Instant;
}

export type ReferenceEvent = DomainEvent<'ReferenceClaimed', ReferenceClaimed>;

/** `insteadOf`: the claim under that receipt key came to nothing, for its report was never taken. */
export type ClaimReference = Command<'ClaimReference', ReferenceClaimed & { readonly insteadOf?: string }>;

export type ReferenceRefusal = { readonly code: 'taken' } & ReferenceClaimed;

export type Reference = { readonly status: 'free' } | ({ readonly status: 'claimed' } & ReferenceClaimed);

/** Quiet where the same report claims it again. */
export const referenceDecider: Decider<Reference, ClaimReference, ReferenceEvent, ReferenceRefusal> = {
  initialState: { status: 'free' },
  decide: ({ data: { insteadOf, ...claim } }, state) => {
    if (state.status === 'free') return accept({ type: 'ReferenceClaimed', data: claim });
    const { receiptKey, claimedAt } = state;
    if (receiptKey === claim.receiptKey) return accept();
    return receiptKey === insteadOf
      ? accept({ type: 'ReferenceClaimed', data: claim })
      : refuse({ code: 'taken', receiptKey, claimedAt });
  },
  evolve: (_state, { data }) => ({ status: 'claimed', ...data }),
};
