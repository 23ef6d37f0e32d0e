/** Hears of what became of appends and of calls of the vault. */
export interface WriteOutcomes {
  readonly failed: (engine: string, error: unknown) => void;
  /** Something was written. */
  readonly worked: (engine: string) => void;
}
