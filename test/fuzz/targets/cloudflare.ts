import { syncRecords } from '../../../lib/dns/sync';
import { myth } from '../../an-inventory';
import { checkShown, harmless, SECRET } from '../harmless';

const inventory = myth();
const env = { CLOUDFLARE_API_TOKEN: SECRET };
const STATUS = [200, 200, 200, 400, 401, 403, 404, 409, 429, 500];

const zone = { id: '023e105f4ecef8ad9ca31a8372d0c353', name: 'adyxax.org' };
const record = {
  ...{ id: 'r1', type: 'CNAME', name: 'wireguard.adyxax.org', content: 'myth.adyxax.org' },
  ...{ proxied: false, ttl: 1, comment: 'wireguard-endpoint: myth' },
};
const answer = (result: unknown, more: object = {}) =>
  `2${JSON.stringify({ success: true, errors: [], messages: [], result, ...more })}`;
const error = { code: 9109, message: `no ${SECRET}`, error_chain: [{ code: 6003, message: 'x' }] };

export const seeds = [
  [answer([zone]), answer([]), answer([]), answer(record)],
  [answer([zone]), answer([record], { result_info: { total_count: 1 } }), answer([])],
  [answer([zone]), answer([{ ...record, type: 'A', content: '192.0.2.1' }]), answer([])],
  [answer([zone]), answer([{ ...record, ttl: 300 }]), answer([]), answer(record)],
  [
    answer([zone]),
    answer([]),
    answer([]),
    `7${JSON.stringify({ success: false, errors: [error] })}`,
  ],
  [answer([]), '9<html>'],
].map((answers) => answers.join('\n'));

/** What Cloudflare answers: each line a status and a body, the last one again and again. */
export async function fuzz(data: Buffer): Promise<void> {
  const answers = data.toString().split('\n');
  const real = globalThis.fetch;
  let asked = 0;
  globalThis.fetch = () => {
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? '';
    const status = STATUS[answer.charCodeAt(0) % STATUS.length] ?? 200;
    const headers = { 'content-type': 'application/json', 'retry-after': '0' };
    return Promise.resolve(new Response(answer.slice(1), { status, headers }));
  };
  try {
    const retryPolicy = { timeoutMs: 1000, retries: 0 };
    const results = await harmless(() =>
      syncRecords(inventory, { dryRun: false, force: true, env, retryPolicy }),
    );
    for (const { reason } of results ?? []) (reason ?? '').split('\n').forEach(checkShown);
    if (asked > 2000) throw new Error(`${asked} requests`);
  } finally {
    globalThis.fetch = real;
  }
}
