import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const listen = async (): Promise<ReturnType<typeof createServer>> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** Ports of 127.0.0.1 that nobody listens on, all different; somebody else may still be quicker to take one. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
};
