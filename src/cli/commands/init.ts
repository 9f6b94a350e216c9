/** `kontor init`: a commented kontor.yaml to begin with. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { FILE_NAME } from '../../config/load-settings.ts';
import { displayPath } from '../../config/problems.ts';
import { sampleFile } from '../../config/sample-file.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';

/** Beside src in a clone, beside dist in a package. */
const SCHEMA = ['../../../kontor.schema.json', '../../../../kontor.schema.json']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;

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

/** As an editor finds it from the file: `./node_modules/kontor/kontor.schema.json` where Kontor is installed beside it. */
function schemaFrom(folder: string): string {
  const path = relative(folder, SCHEMA).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

async function writeNew(file: string, name: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, sampleFile(schemaFrom(dirname(file))), { flag: force ? 'w' : 'wx', mode: 0o640 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message =
      code === 'EEXIST' ? `${name} exists already; edit it, or overwrite it with --force` : `${name} cannot be written (${code})`;
    throw new NeedsOperatorError(code === 'EEXIST' ? 'USAGE' : 'CONFIG_INVALID', message, { cause });
  }
}
