import type { Position } from '@city311/kernel';

const digits = 16;

/** Where an event lies in $all: two places in the server's log, mostly the same, as decimal texts. */
export interface LogPosition {
  readonly commit: string;
  readonly prepare: string;
}

/** Before the first event. */
export const start: LogPosition = { commit: '0', prepare: '0' };

/**
 * Positions of one server compare as text. One place says itself and `~`; two say both, the later first, and stand
 * before the `~` of the same place.
 */
export const toPosition = ({ commit, prepare }: LogPosition): Position => {
  const padded = commit.padStart(digits, '0');
  return (prepare === commit ? `${padded}~` : `${padded}.${prepare.padStart(digits, '0')}`) as Position;
};

const form = /^(\d{16})(?:~|\.(\d{16}))$/;

/** @throws RangeError  not a position of this kind of log */
export const fromPosition = (position: Position): LogPosition => {
  const [, commit, prepare = commit] = form.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) {
    throw new RangeError(`not a position of this log: ${position}`);
  }
  return { commit: String(Number(commit)), prepare: String(Number(prepare)) };
};
