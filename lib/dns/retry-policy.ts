/** How long Cloudflare is waited for. */
export interface RetryPolicy {
  /** For one answer, its body included, milliseconds. @default 15000 */
  readonly timeoutMs: number;
  /** How often a read is repeated. @default 2 */
  readonly retries: number;
}
