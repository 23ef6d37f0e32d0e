import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

/** `refuses`: answers 451 to every recipient. `hangs-up`: takes the whole message, then drops the line without an answer. */
export type Mood = 'takes' | 'refuses' | 'hangs-up';

/** A mail server with moods, on this machine only. */
export class MoodyMailServer {
  mood: Mood = 'takes';
  /** Message-IDs of every message that came through whole, answered or not, in order. */
  readonly arrived: { readonly messageId: string; readonly answered: boolean }[] = [];
  refused = 0;
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onRcptTo: (_, __, done) => {
        if (this.mood !== 'refuses') return done();
        this.refused += 1;
        done(Object.assign(new Error('busy'), { responseCode: 451 }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const messageId = /^Message-ID: (\S+)/im.exec(Buffer.concat(chunks).toString())?.[1] ?? '';
          const answered = this.mood === 'takes';
          this.arrived.push({ messageId, answered });
          if (answered) return done();
          for (const connection of this.#server.connections) {
            if (connection.session.id === session.id) connection.close();
          }
        });
      },
    });
    this.#server.on('error', () => undefined);
  }

  static async start(): Promise<MoodyMailServer> {
    const server = new MoodyMailServer();
    const listening = server.#server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
