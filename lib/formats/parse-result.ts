/** The value a text stands for, or else what is wrong with it. */
export type ParseResult<Value> = { readonly value: Value } | Problem;

/** What is wrong with a text. */
export interface Problem {
  /** The rule it breaks and, where it is no other spelling, `; ` and the repair. */
  readonly problem: string;
  /** How the text should be spelled, when that alone is wrong. */
  readonly canonical?: string;
}

/** A problem as `rule; repair`. */
export function problemText({ problem, canonical }: Problem): string {
  return canonical === undefined ? problem : `${problem}${write(canonical)}`;
}

/**
 * Says what is wrong with a text, as `rule; repair` (the repair only where one is known), or nothing.
 * Every text that reaches a file of the pod or a manifest has passed one of these or a parser, and
 * each of them lists what it lets through: quotes, braces, `;`, `$`, spaces and control characters
 * are in none of the lists.
 */
export type Rule = (text: string) => string | undefined;

/** A repair as the end of a problem: `; write …`. */
export function write(repair: string, isKnown = true): string {
  return isKnown ? `; write ${repair}` : '';
}

/** The parser of texts that follow a rule and stand for themselves. */
export function following(rule: Rule): (text: string) => ParseResult<string> {
  return (text) => {
    const problem = rule(text);
    return problem === undefined ? { value: text } : { problem };
  };
}
