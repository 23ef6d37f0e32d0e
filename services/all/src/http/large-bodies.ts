import type { FastifyInstance } from 'fastify';

const patienceMs = 10_000;
/** Above this nobody is meant to have sent it by mistake: the line is cut. */
const drainedUpTo = 67_108_864;

/**
 * Lets a body that is too large arrive, unread, before it is refused: a line cut while the sender still writes would
 * take the answer with it.
 */
export const hearOutLargeBodies = (fastify: FastifyInstance, limitBytes: number): void => {
  fastify.addHook('onRequest', async ({ raw }) => {
    const length = Number(raw.headers['content-length'] ?? 0);
    if (!(length > limitBytes) || length > drainedUpTo) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      raw.once('end', end).once('close', end).once('error', end);
      raw.resume();
    });
  });
};
