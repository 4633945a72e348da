import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** What the fake answers: a Service, what kubectl says on standard error, or a shell script. */
export type Answer =
  | { readonly kind: string; readonly [key: string]: unknown }
  | { readonly kind?: never; readonly stderr: string; readonly stdout?: string }
  | { readonly kind?: never; readonly script: string };

/** What kubectl 1.36 says, word for word. */
export const SAYS = {
  notFound: 'Error from server (NotFound): services "wireguard" not found',
  forbidden:
    'Error from server (Forbidden): services "wireguard" is forbidden: User "me" cannot get resource "services"',
  unauthorized: 'error: You must be logged in to the server (Unauthorized)',
  internal: 'Error from server (InternalError): an error on the server has prevented it',
  starting: 'Error from server (ServiceUnavailable): the server is currently unable to handle it',
  refused:
    'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
  late: 'Unable to connect to the server: context deadline exceeded',
  closed: 'Unable to connect to the server: EOF',
  stalled:
    'error: net/http: request canceled (Client.Timeout or context cancellation while reading body)',
  untrusted:
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  plugin:
    'Unable to connect to the server: getting credentials: exec: executable kubelogin failed with exit code 1',
} as const;

/** A `kubectl` first in PATH that knows one Service, and a kubeconfig it is given. */
export class KubectlFake {
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #path = process.env['PATH'];

  /** @param folder empty, and removed by the caller */
  constructor(folder: string) {
    this.#folder = join(folder, 'kubectl-fake');
    this.kubeconfig = join(folder, 'kubeconfig');
    mkdirSync(this.#folder);
    const script = [
      '#!/bin/sh',
      `cd ${this.#folder} || exit`,
      'n=$(ls | grep -c ^call); n=$((n + 1))',
      'printf "%s\\n" "$@" > call$n; env > env$n',
      // The last answer stays.
      'while [ ! -e answer$n ]; do n=$((n - 1)); done',
      '. ./answer$n',
    ];
    writeFileSync(join(this.#folder, 'kubectl'), script.join('\n'));
    chmodSync(join(this.#folder, 'kubectl'), 0o755);
    process.env['PATH'] = `${this.#folder}:${this.#path ?? ''}`;
    writeFileSync(this.kubeconfig, stringify(KUBECONFIG));
    this.answer({ stderr: SAYS.notFound });
  }

  /** Answers in turn; the last one stays. */
  answer(...answers: readonly Answer[]): void {
    for (const file of readdirSync(this.#folder)) {
      if (/^(answer|call|env)/.test(file)) rmSync(join(this.#folder, file));
    }
    answers.forEach((answer, index) => {
      const file = join(this.#folder, `answer${index + 1}`);
      if (answer.kind !== undefined) {
        writeFileSync(`${file}.stdout`, JSON.stringify(answer));
        writeFileSync(file, `cat ${file}.stdout\n`);
      } else if ('script' in answer) {
        writeFileSync(file, answer.script);
      } else {
        writeFileSync(`${file}.stdout`, answer.stdout ?? '');
        writeFileSync(`${file}.stderr`, `${answer.stderr}\n`);
        writeFileSync(file, `cat ${file}.stdout; cat ${file}.stderr >&2; exit 1\n`);
      }
    });
  }

  /** The arguments of every call. */
  get calls(): string[][] {
    return this.#read('call').map((text) => text.trimEnd().split('\n'));
  }

  /** The environment of every call. */
  get environments(): string[] {
    return this.#read('env');
  }

  remove(): void {
    process.env['PATH'] = this.#path;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #read(name: string): string[] {
    const texts: string[] = [];
    for (let n = 1; existsSync(join(this.#folder, `${name}${n}`)); n++) {
      texts.push(readFileSync(join(this.#folder, `${name}${n}`), 'utf8'));
    }
    return texts;
  }
}

/** The default context leads elsewhere. */
const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'production',
  clusters: [
    { name: 'here', cluster: { server: 'https://127.0.0.1:6443' } },
    { name: 'nowhere', cluster: { server: 'https://127.0.0.1:9' } },
  ],
  users: [{ name: 'me', user: { token: 'kubernetes-secret-token' } }],
  contexts: [
    { name: 'production', context: { cluster: 'nowhere', user: 'me' } },
    { name: 'myth', context: { cluster: 'here', user: 'me' } },
    { name: 'broken', context: { cluster: 'missing', user: 'me' } },
  ],
};

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
