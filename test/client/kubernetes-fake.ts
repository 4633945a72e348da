import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';

/** What the fake answers: a Service, a failure's status, or nothing at all. */
export type Answer = Readonly<Record<string, unknown>> | number | 'drop' | 'stall';

export const BEARER = 'kubernetes-secret-token';

/** An API server on loopback that knows one Service. */
export class KubernetesFake {
  /** Answers in turn; the last one stays. */
  answers: Answer[] = [404];
  requests: { readonly line: string; readonly authorization: string | undefined }[] = [];

  readonly #server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    this.requests.push({ line: `${method} ${url}`, authorization: headers.authorization });
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    if (answer === 'drop') {
      request.socket.destroy();
    } else if (answer === 'stall') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    } else {
      const status = typeof answer === 'number' ? answer : 200;
      const failure = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(typeof answer === 'number' ? failure : answer));
    }
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A kubeconfig whose default context leads nowhere, and whose context `myth` leads here. */
  writeKubeconfig(file: string): void {
    const { port } = this.#server.address() as AddressInfo;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'production',
      clusters: [
        // The client speaks plain http only where certificates are not looked at.
        {
          name: 'here',
          cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
        },
        { name: 'nowhere', cluster: { server: 'http://127.0.0.1:9' } },
      ],
      users: [{ name: 'me', user: { token: BEARER } }],
      contexts: [
        { name: 'production', context: { cluster: 'nowhere', user: 'me' } },
        { name: 'myth', context: { cluster: 'here', user: 'me' } },
        { name: 'broken', context: { cluster: 'missing', user: 'me' } },
      ],
    };
    writeFileSync(file, stringify(config));
  }
}

export function aLiveService(
  changes: { type?: string; nodePort?: number; port?: number; ingress?: object[] } = {},
): Answer {
  const { type = 'NodePort', nodePort, port = 342, ingress } = changes;
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'wireguard', namespace: 'wireguard' },
    spec: {
      type,
      ports: [
        { name: 'other', port, protocol: 'TCP', nodePort: 31999 },
        { port, protocol: 'UDP', ...(nodePort === undefined ? {} : { nodePort }) },
      ],
    },
    status: { loadBalancer: ingress === undefined ? {} : { ingress } },
  };
}
