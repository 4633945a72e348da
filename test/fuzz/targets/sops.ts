import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipientsOf } from '../../../lib/keys/recipients';
import { harmless, scratch } from '../harmless';

const folder = scratch('sops');
const config = join(folder, '.sops.yaml');

const AGE = 'age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm';

export const seeds = [
  `creation_rules:\n  - path_regex: secrets/.*\\.sops\\.yaml$\n    age: ${AGE}\n    encrypted_regex: ^data$\n`,
  `creation_rules:\n  - &a { age: "${AGE},${AGE}", unencrypted_suffix: _x }\n  - <<: *a\n    path_regex: x\n`,
  `creation_rules:\n  - key_groups:\n      - age:\n          - ${AGE}\n    shamir_threshold: 1\n`,
  `stores: {}\ncreation_rules:\n  - pgp: ABC\n    kms: a\n  - age: >-\n      ${AGE},\n      ${AGE}\n`,
];

/** A `.sops.yaml`. */
export async function fuzz(data: Buffer): Promise<void> {
  writeFileSync(config, data);
  const recipients = await harmless(() =>
    recipientsOf(join(folder, 'secrets/myth.sops.yaml'), config),
  );
  for (const recipient of recipients ?? [])
    if (!/^age1[0-9a-z]+$/.test(recipient))
      throw new Error(`no recipient: ${JSON.stringify(recipient)}`);
}
