import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import { serverTimeouts } from './arrival.js';
import { answerBrokenRequest, answerExpectations } from './broken-requests.js';
import { secureAnswers, securityHeaders } from './security-headers.js';
import { waitingRoom } from './waiting-room.js';

export interface FrontDoorSettings {
  readonly PORT: number;
  readonly HOST: string;
  readonly PUBLIC_URL?: string | undefined;
  readonly REQUEST_TIMEOUT_MS: number;
  readonly KEEP_ALIVE_TIMEOUT_MS: number;
}

/** How long kept connections that are silent get to bring one more request before they are closed. */
const lastChanceMs = 500;

/** How long requests in hand may still take once no new ones are taken. */
const inHandMs = 30_000;

/**
 * The port of a process that everybody reaches, listened on once: first the waiting room answers behind it, then the
 * doors of the services, and at the end it is drained, so that no planned stop cuts anybody off.
 */
export class FrontDoor {
  readonly #server: Server;
  /** Every open connection, with the answer to its latest request; null before the first. */
  readonly #connections = new Map<Socket, ServerResponse | null>();
  #behind: RequestListener = waitingRoom;
  #doors: RequestListener = waitingRoom;
  #draining = false;
  #accepted = 0;

  constructor(private readonly settings: FrontDoorSettings) {
    const { http, ...timeouts } = serverTimeouts(settings.REQUEST_TIMEOUT_MS, settings.KEEP_ALIVE_TIMEOUT_MS);
    this.#server = createServer(http, (request, response) => {
      this.#behind(request, response);
    });
    this.#server.requestTimeout = timeouts.requestTimeout;
    this.#server.keepAliveTimeout = timeouts.keepAliveTimeout;
    this.#server.setTimeout(timeouts.connectionTimeout);
    this.#server.on('clientError', answerBrokenRequest);
    answerExpectations(this.#server);
    secureAnswers(this.#server, securityHeaders(settings.PUBLIC_URL));
    this.#server.on('connection', (socket) => {
      this.#accepted += 1;
      this.#connections.set(socket, null);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server.prependListener('request', (request, response) => {
      if (this.#draining) response.setHeader('connection', 'close');
      this.#connections.set(request.socket, response);
    });
  }

  /** `http://127.0.0.1:3110`, once it listens. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Fastify's `serverFactory`: what it answers with stays behind the waiting room until `open`. */
  readonly lead = (doors: RequestListener): Server => {
    this.#doors = doors;
    // Fastify brings its own.
    this.#server.off('clientError', answerBrokenRequest);
    return this.#server;
  };

  /** From the next request on the doors answer, on connections that are already there too. */
  open(): void {
    this.#behind = this.#doors;
  }

  /** Quiet where it listens already. @throws Error  the port is taken */
  async listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.settings.PORT, this.settings.HOST);
    await once(this.#server, 'listening');
  }

  /**
   * From now on every answer ends its connection. For `ms` new ones are still taken, while whoever sends requests here
   * learns that it should not; then those that are still open may bring one more request, for half a second.
   */
  async drain(ms: number): Promise<void> {
    this.#draining = true;
    for (const response of this.#connections.values())
      if (response?.headersSent === false) response.setHeader('connection', 'close');
    await pause(ms);
    const until = performance.now() + lastChanceMs;
    while (this.#connections.size > 0 && performance.now() < until) await pause(10);
  }

  /** Takes no more requests; fulfilled once those in hand are answered, at the latest after half a minute. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await this.#quietMoment();
    const closed = once(this.#server, 'close');
    this.#server.close();
    const toEnd = setTimeout(() => {
      for (const [socket, response] of this.#connections) if (response === null) socket.destroy();
    }, lastChanceMs);
    const tooLate = setTimeout(() => {
      this.#server.closeAllConnections();
    }, inHandMs);
    await closed;
    clearTimeout(toEnd);
    clearTimeout(tooLate);
  }

  /**
   * The system resets connections that it has made and that nobody has accepted when their port is closed: it is closed
   * right after a turn in which none was waiting, if there is one soon.
   */
  async #quietMoment(): Promise<void> {
    for (let turn = 0; turn < 200; turn += 1) {
      const before = this.#accepted;
      await nextTurn();
      if (turn > 0 && this.#accepted === before) return;
    }
  }
}
