/** `kontor certify`: what a real system and our connector make of each other, observed without writing anything there. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Certificate } from '../../certify/certificate.ts';
import { certify } from '../../certify/certify.ts';
import { displayPath } from '../../config/problems.ts';
import { suggestName } from '../../config/suggest-name.ts';
import { openSession } from '../../connector/open-session.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { App } from '../app.ts';
import { requireConnection, wholeNumber, withExamples } from '../arguments.ts';
import { drawCertificate } from '../draw-certificate.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTerminal } from '../terminal.ts';

interface Options {
  limit: number;
  watch: number;
  to?: string;
}

const LOOK_EVERY_MS = 10_000;

export function addCertifyCommand(program: Command, app: App): void {
  const command = program
    .command('certify')
    .description('prove a connection against its system, reading only, and print a certificate')
    .argument('<connection>', 'a connection of kontor.yaml; best one to a sandbox')
    .option('--limit <number>', 'how many records of each entity', wholeNumber(1, 1_000_000), 2_000)
    .option(
      '--watch <minutes>',
      'how long to watch for rows that appear behind their stamp; reads every entity to its end first',
      wholeNumber(0, 1440),
      0,
    )
    .option('--to <file>', 'write the certificate into a file that does not exist yet; JSON if its name ends so')
    .action(async (name: string, { limit, watch, to }: Options) => {
      const settings = await app.settings([name]);
      const connection = requireConnection(settings, name);
      const connector = app.surroundings.connectors.find((one) => one.name === connection.connector);
      if (!connector) throw new NeedsOperatorError('CONNECTION_UNKNOWN', suggestName(connection.connector, []));
      const { signal } = app.interruption;
      const { baseFolder } = settings;
      const request = { connection: name, config: connection.settings, baseFolder, signal, now: () => new Date() };
      const certificate = await certify({
        connection,
        connector,
        session: openSession(connector, request, app.border(settings)),
        limit,
        watch: { forMs: watch * 60_000, everyMs: LOOK_EVERY_MS, wait: (ms) => sleep(ms, undefined, { signal }) },
        onStep: (step) => app.out.hint(`${name}: ${step} ...`),
      });
      app.exitCode = exitCodeFor(certificate);
      if (to !== undefined) app.out.hint(`wrote ${await write(app, certificate, to)}`);
      app.out.answer(certificate, drawCertificate);
    });
  withExamples(command, [
    'kontor certify erp',
    'kontor certify erp --limit 20000 --watch 30',
    'kontor certify erp --to certificate.json',
    'kontor certify erp --json',
  ]);
}

function exitCodeFor({ findings, entities }: Certificate): number {
  if (findings.length > 0) return EXIT.failed;
  return entities.some(({ bad }) => bad > 0) ? EXIT.incomplete : EXIT.ok;
}

async function write({ surroundings, secrets }: App, certificate: Certificate, to: string): Promise<string> {
  const { cwd, stdout, env } = surroundings;
  const file = resolve(cwd, to);
  // As on paper: no colours, no edge.
  const paper = { ...describeTerminal(stdout, env, false), width: Number.POSITIVE_INFINITY };
  const text = to.endsWith('.json') ? JSON.stringify(certificate, null, 2) : [...drawCertificate(certificate, paper)].join('\n');
  try {
    await writeFile(file, `${secrets.censor(text)}\n`, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const name = displayPath(file, cwd);
    throw new NeedsOperatorError(
      'USAGE',
      code === 'EEXIST' ? `${name} exists already; name another file` : `${name} cannot be written (${code})`,
      {
        cause,
      },
    );
  }
  return displayPath(file, cwd);
}
