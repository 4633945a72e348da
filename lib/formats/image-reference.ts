import { write, type Rule } from './parse-result';

const REGISTRY = String.raw`(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*(?::\d{1,5})?/)?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const SUFFIX = String.raw`(?::\w[\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?`;
const REFERENCE = new RegExp(`^${REGISTRY}${COMPONENT}(?:/${COMPONENT})*${SUFFIX}$`);

/** `[registry[:port]/]path[:tag][@sha256:…]`, the grammar of github.com/distribution/reference. */
export const imageReference: Rule = (text) => {
  if (text.length <= 512 && REFERENCE.test(text)) return undefined;
  const repair = text.trim();
  return `must be an image reference such as alpine:3.24.1 or registry.example.org/wg:1@sha256:…${write(repair, repair !== text && REFERENCE.test(repair))}`;
};
