// Preloaded into a reference server that listens everywhere: it listens on loopback alone, and says on which port.
import { Server, type AddressInfo } from 'node:net';

const { value: listen } = Object.getOwnPropertyDescriptor(Server.prototype, 'listen') as {
  value: (this: Server, port: number, host: string) => Server;
};

Server.prototype.listen = function (this: Server, port: unknown, then?: () => void) {
  this.once('listening', () => {
    process.stderr.write(`port=${(this.address() as AddressInfo).port}\n`);
    then?.();
  });
  return listen.call(this, Number(port), '127.0.0.1');
} as typeof Server.prototype.listen;
