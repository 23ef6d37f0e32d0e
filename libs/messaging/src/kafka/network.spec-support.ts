import { connect, type Socket } from 'node:net';

import type { ISocketFactory } from 'kafkajs';

/** The network of one process: can be cut, as when the process dies, and mended; or held, as when it is frozen. */
export class Network {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  readonly sockets: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port: this.#isCut ? 1 : port }, onConnect);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy(new Error('ECONNRESET'));
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Nothing goes out or comes in for a while; connections stay. */
  async hold(during: () => Promise<void>): Promise<void> {
    const held = [...this.#sockets];
    for (const socket of held) {
      socket.cork();
      socket.pause();
    }
    await during();
    for (const socket of held) {
      socket.uncork();
      socket.resume();
    }
  }
}
