/** Brings the data of one old version to the next: `{ to: 'intake.CaseOpened.v2', up }` under the old wire type. */
export interface Upcaster {
  readonly to: string;
  readonly up: (data: unknown) => unknown;
}

/** Keyed by the old wire type. Empty while every type is at v1; an entry here is never taken out again. */
export const upcasters: Readonly<Record<string, Upcaster>> = {};

/**
 * An event's type and data in the newest version, step by step; both unchanged where there is nothing to do.
 * Whatever an upcaster throws on data that it cannot read comes out.
 */
export const upcast = (
  type: string,
  data: unknown,
  table: Readonly<Record<string, Upcaster>> = upcasters,
): { readonly type: string; readonly data: unknown } => {
  let now = { type, data };
  for (;;) {
    const step = Object.hasOwn(table, now.type) ? table[now.type] : undefined;
    if (step === undefined) return now;
    now = { type: step.to, data: step.up(now.data) };
  }
};
