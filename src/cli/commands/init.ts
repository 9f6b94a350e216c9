/** `kontor init`: a commented kontor.yaml to begin with. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FILE_NAME } from '../../config/load-settings.ts';
import { displayPath } from '../../config/problems.ts';
import { sampleFile } from '../../config/sample-file.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';

export function addInitCommand(program: Command, app: App): void {
  const command = program
    .command('init')
    .description('write a commented kontor.yaml')
    .option('--force', 'overwrite one that exists')
    .action(async ({ force }: { force?: boolean }) => {
      const { cwd } = app.surroundings;
      const file = resolve(cwd, app.configFile ?? FILE_NAME);
      const name = displayPath(file, cwd);
      await writeNew(file, name, force === true);
      app.out.answer({ file }, () => [`wrote ${name}`, 'next: put your files and columns into it, then run `kontor check`']);
    });
  withExamples(command, ['kontor init', 'kontor init --config shop/kontor.yaml', 'kontor init --force']);
}

async function writeNew(file: string, name: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, sampleFile(), { flag: force ? 'w' : 'wx', mode: 0o640 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message =
      code === 'EEXIST' ? `${name} exists already; edit it, or overwrite it with --force` : `${name} cannot be written (${code})`;
    throw new NeedsOperatorError(code === 'EEXIST' ? 'USAGE' : 'CONFIG_INVALID', message, { cause });
  }
}
