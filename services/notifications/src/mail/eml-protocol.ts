/** What the writer thread is asked, and answers: for each file null, or what went wrong. */
export interface EmlJob {
  readonly id: number;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

export interface EmlAnswer {
  readonly id: number;
  readonly faults: readonly (string | null)[];
}
