/** Something that an operator should know, and what to do about it. A note alone is no trouble. */
export interface Finding {
  readonly level: 'fault' | 'warning' | 'note';
  readonly what: string;
  readonly todo: string;
}

export const fault = (what: string, todo: string): Finding => ({ level: 'fault', what, todo });
export const warning = (what: string, todo: string): Finding => ({ level: 'warning', what, todo });
export const note = (what: string, todo: string): Finding => ({ level: 'note', what, todo });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
