/** The composition root: ties connectors to the command line, runs one command, and ends with its exit code. */
import { readFileSync } from 'node:fs';
import { connectors } from '../connectors/index.ts';
import { runProgram } from './cli/program.ts';

/** Two folders up in the sources, three in dist; found by its name in either. */
function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}

/** What libraries do to each other is for developers, not for those who run us. */
process.noDeprecation = !process.argv.includes('--debug');

/** Whoever reads us may stop reading (`kontor runs | head -1`); that is no failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const { env, stdout, stderr } = process;
const code = await runProgram(process.argv.slice(2), { env, stdout, stderr, cwd: process.cwd(), connectors }, readVersion());
// What was written to a pipe must arrive before the end; an idle socket somewhere must not delay it.
await new Promise((resolve) => stdout.write('', resolve));
await new Promise((resolve) => stderr.write('', resolve));
process.exit(code);
