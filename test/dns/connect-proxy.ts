import { createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { selfSigned } from './certificate';

/** A proxy on loopback that leads every https address to one server, which speaks plain http. */
export class ConnectProxy {
  /** Address and `Proxy-Authorization` of each CONNECT. */
  connects: [string, string | undefined][] = [];
  /** What is answered to CONNECT; with 200 the connection leads to the server. */
  status = 200;
  readonly cert: string;
  readonly #proxy = createHttpServer();
  readonly #tls: Server;

  constructor(host: string, server: () => string) {
    const pair = selfSigned(host);
    this.cert = pair.cert;
    this.#tls = createServer(pair, (incoming, outgoing) => {
      const { method, headers, url = '' } = incoming;
      const target = new URL(url, server());
      const onward = request(target, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    this.#proxy.on('connect', ({ url = '', headers }, socket) => {
      this.connects.push([url, headers['proxy-authorization']]);
      socket.write(`HTTP/1.1 ${this.status} answer\r\n\r\n`);
      if (this.status === 200) this.#tls.emit('connection', socket);
      else socket.end();
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#proxy.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.#proxy.closeAllConnections();
    this.#proxy.close();
  }

  /** @param user `name:password@`, as it stands in a URL */
  url(user = ''): string {
    return `http://${user}127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }
}
