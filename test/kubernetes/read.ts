import type { z } from 'zod';
import { kindMessage } from '../../lib/formats/kinds';

/** What a schema makes of an input, or path and message of each issue. */
export function read(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input, { error: kindMessage });
  if (result.success) return result.data;
  return result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
