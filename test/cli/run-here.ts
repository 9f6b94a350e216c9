/** The program without a process of its own, whose start takes longer than what most commands do. run-kontor.ts starts the real one. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connectors } from '../../connectors/index.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { Ended, Place } from './run-kontor.ts';

export async function kontorHere(
  args: readonly string[],
  { cwd, env = {} }: Place,
  known: readonly AnyConnector[] = connectors,
): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const told = Promise.all([text(stdout), text(stderr)]);
  const code = await runProgram(args, { cwd, env, stdout, stderr, connectors: known } as never, '0');
  stdout.end();
  stderr.end();
  const [out, complaints] = await told;
  return { code, stdout: out, stderr: complaints };
}
