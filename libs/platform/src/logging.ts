import { pino, type Logger } from 'pino';

export type { Logger };

/** Members that must never reach a log line, wherever they stand in a logged object. */
const personal = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'description',
  'text',
  'address',
  'authorization',
  'key',
];

/** JSON lines on standard error; standard output belongs to what a command answers. */
export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      redact: {
        paths: personal.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `req.headers.${name}`]),
        censor: '[withheld]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
