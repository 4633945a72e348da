import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { run } from './run';

const COMMANDS = join(__dirname, '../../lib/commands');

/** The commands among the modules. */
async function commands(): Promise<[string, Command][]> {
  const modules = readdirSync(COMMANDS).map(async (file) => {
    const module = (await import(join(COMMANDS, file))) as { readonly command?: unknown };
    return [file, module.command] as const;
  });
  return (await Promise.all(modules)).filter(
    (entry): entry is [string, Command] => entry[1] instanceof Command,
  );
}

test('what each command says of itself', async () => {
  const helps: Record<string, string> = {};
  for (const [file, command] of await commands()) {
    const { code, out, err } = await run(command, ['--help'], { folder: '.' });
    expect([file, code, err]).toEqual([file, 0, '']);
    helps[file] = out;
  }
  expect(helps).toMatchSnapshot();
});
