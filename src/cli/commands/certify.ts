/** `kontor certify`: what a real system and our connector make of each other, observed without writing anything there but an order it is told to make. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Certificate } from '../../certify/certificate.ts';
import { certify } from '../../certify/certify.ts';
import { displayPath } from '../../config/problems.ts';
import { suggestName } from '../../config/suggest-name.ts';
import { parseYaml } from '../../config/yaml-document.ts';
import { openSession } from '../../connector/open-session.ts';
import type { OrderToPlace } from '../../connector/orders.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { App } from '../app.ts';
import { requireConnection, wholeNumber, withExamples } from '../arguments.ts';
import { drawCertificate } from '../draw-certificate.ts';
import { EXIT } from '../exit-codes.ts';
import { describeTerminal } from '../terminal.ts';

interface Options {
  limit: number;
  watch: number;
  order?: string;
  to?: string;
}

const LOOK_EVERY_MS = 10_000;
const LOOK_FOR_ORDER_EVERY_MS = 250;

export function addCertifyCommand(program: Command, app: App): void {
  const command = program
    .command('certify')
    .description('prove a connection against its system, reading only unless --order is given, and print a certificate')
    .argument('<connection>', 'a connection of kontor.yaml; best one to a sandbox')
    .option('--limit <number>', 'how many records of each entity', wholeNumber(1, 1_000_000), 2_000)
    .option(
      '--watch <minutes>',
      'how long to watch for rows that appear behind their stamp; reads every entity to its end first',
      wholeNumber(0, 1440),
      0,
    )
    .option(
      '--order <file>',
      'make the order of this YAML or JSON file in a sandbox, look for it, and cancel it: measures how long it stays invisible',
    )
    .option('--to <file>', 'write the certificate into a file that does not exist yet; JSON if its name ends so')
    .action(async (name: string, { limit, watch, order, to }: Options) => {
      const settings = await app.settings([name]);
      const connection = requireConnection(settings, name);
      const connector = app.surroundings.connectors.find((one) => one.name === connection.connector);
      if (!connector) throw new NeedsOperatorError('CONNECTION_UNKNOWN', suggestName(connection.connector, []));
      const { signal } = app.interruption;
      const { baseFolder } = settings;
      const request = { connection: name, config: connection.settings, baseFolder, signal, now: () => new Date() };
      const wait = (ms: number) => sleep(ms, undefined, { signal });
      const certificate = await certify({
        connection,
        connector,
        session: openSession(connector, request, app.border(settings)),
        limit,
        watch: { forMs: watch * 60_000, everyMs: LOOK_EVERY_MS, wait },
        ...(order !== undefined && { order: { toPlace: await readOrder(app, order), watch: { everyMs: LOOK_FOR_ORDER_EVERY_MS, wait } } }),
        onStep: (step) => app.out.hint(`${name}: ${step} ...`),
      });
      app.exitCode = exitCodeFor(certificate);
      if (to !== undefined) app.out.hint(`wrote ${await write(app, certificate, to)}`);
      app.out.answer(certificate, drawCertificate);
    });
  withExamples(command, [
    'kontor certify erp',
    'kontor certify erp --limit 20000 --watch 30',
    'kontor certify sandbox --order order.yaml',
    'kontor certify erp --to certificate.json',
    'kontor certify erp --json',
  ]);
}

const text = z.union([z.string(), z.number()]).transform(String);
const sandboxOrder = z.strictObject({
  soldTo: text,
  shipTo: text.optional(),
  billTo: text.optional(),
  currency: z.string().length(3),
  lines: z.array(z.strictObject({ product: text, quantity: text, unitPrice: text, unit: text.optional() })).min(1),
});

/** In the system's own ids, since nothing is looked up. Its reference is new each time, of characters that every system takes. */
async function readOrder({ surroundings }: App, file: string): Promise<OrderToPlace> {
  const read = await readFile(resolve(surroundings.cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new NeedsOperatorError('USAGE', `${file} cannot be read (${cause.code})`, { cause });
  });
  const given = sandboxOrder.safeParse(parseYaml(file, read).value);
  if (!given.success) throw new NeedsOperatorError('USAGE', `${file} is no order for a sandbox\n${z.prettifyError(given.error)}`);
  const { lines, ...rest } = given.data;
  const reference = `KONTOR-${Date.now().toString(36).toUpperCase()}`;
  const today = new Date().toISOString().slice(0, 10);
  return {
    ...withoutAbsent(rest),
    reference,
    orderedOn: today,
    lines: lines.map((line, at) => ({ ...withoutAbsent(line), reference: String(at + 1) })),
  };
}

/** Absent is not the same as undefined for those who ask which fields there are. */
function withoutAbsent<Values extends object>(values: Values): { [Key in keyof Values]: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
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
