/** `kontor record`: what goes over the wire, without secrets, for a test or a question about a system. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { displayPath } from '../../config/problems.ts';
import type { ConnectionSettings, EntitySettings } from '../../config/settings.ts';
import { suggestName } from '../../config/suggest-name.ts';
import type { AnyConnector } from '../../connector/contract.ts';
import type { EntityName } from '../../connector/entities.ts';
import { Recorder } from '../../connector/http/recorder.ts';
import { type AnySession, openSession } from '../../connector/open-session.ts';
import { KontorError, NeedsOperatorError } from '../../errors.ts';
import type { App } from '../app.ts';
import { entityName, requireConnection, requireEntity, wholeNumber, withExamples } from '../arguments.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { countOf } from '../format.ts';
import { plain, type Terminal } from '../terminal.ts';

interface Options {
  to: string;
  limit: number;
  anonymize: boolean;
}

interface Recorded {
  connection: string;
  file: string;
  exchanges: number;
  anonymized: boolean;
  /** What the connector's check said. */
  summary: string | null;
  entities: Array<{ entity: EntityName; pages: number; records: number }>;
  /** What ended it early; what was recorded until then is in the file. */
  error: { code: string; message: string } | null;
}

export function addRecordCommand(program: Command, app: App): void {
  const command = program
    .command('record')
    .description('write what a system and we say to each other into a file, without secrets')
    .argument('<connection>', 'a connection of kontor.yaml')
    .argument('[entity]', 'account, contact, address, price or stock; all configured ones if absent', entityName)
    .requiredOption('--to <file>', 'a file that does not exist yet; one exchange a line, in JSON')
    .option('--limit <number>', 'how many records of each entity, to the end of a page', wholeNumber(1, 10_000), 100)
    .option('--anonymize', 'other letters and digits for texts that may name people, places or numbers', false)
    .action(async (name: string, entity: EntityName | undefined, options: Options) => {
      const settings = await app.settings([name]);
      const connection = requireConnection(settings, name);
      const wanted = entity === undefined ? connection.entities : [requireEntity(connection, entity)];
      const connector = requireHttp(app, connection);
      const recorder = new Recorder();
      const session = openSession(
        connector,
        {
          connection: name,
          config: connection.settings,
          baseFolder: settings.baseFolder,
          signal: app.interruption.signal,
          now: () => new Date(),
        },
        recorder.listenAt(app.border(settings)),
      );
      const seen = await talk(connector, session, wanted, options.limit);
      if (seen.failure) app.exitCode = exitCodeOf(seen.failure);
      const file = await write(app, recorder, options);
      const error = seen.failure && { code: seen.failure.code, message: app.secrets.censor(seen.failure.message) };
      const { summary, entities } = seen;
      app.out.answer(
        { connection: name, file, exchanges: recorder.count, anonymized: options.anonymize, summary, entities, error },
        drawRecorded,
      );
    });
  withExamples(command, [
    'kontor record erp --to erp.jsonl',
    'kontor record erp account --to accounts.jsonl --limit 20',
    'kontor record erp --to to-give-away.jsonl --anonymize',
  ]);
}

function requireHttp(app: App, { name, connector: kind }: ConnectionSettings): AnyConnector {
  const connector = app.surroundings.connectors.find((one) => one.name === kind);
  if (!connector) throw new NeedsOperatorError('CONNECTION_UNKNOWN', suggestName(kind, []));
  if (connector.http) return connector;
  throw new NeedsOperatorError('USAGE', `connection "${name}" reads files (${kind}); only what goes over HTTP can be recorded`);
}

/** A failure is worth recording, too: it ends the talk, not the command. */
async function talk(connector: AnyConnector, session: AnySession, wanted: readonly EntitySettings[], limit: number) {
  const entities: Recorded['entities'] = [];
  let summary: string | null = null;
  let failure: KontorError | null = null;
  try {
    ({ summary } = await connector.check(session));
    for (const { entity, read } of wanted) {
      const told = { entity, pages: 0, records: 0 };
      entities.push(told);
      const pages = connector.sources[entity]?.read(session, read, null) ?? [];
      for await (const page of pages) {
        told.pages += 1;
        told.records += page.records.length;
        if (told.records >= limit) break;
      }
    }
  } catch (error) {
    if (!(error instanceof KontorError) || session.signal.aborted) throw error;
    failure = error;
  }
  return { entities, summary, failure };
}

async function write(app: App, recorder: Recorder, { to, anonymize }: Options): Promise<string> {
  const { cwd } = app.surroundings;
  const file = resolve(cwd, to);
  const lines = recorder.lines({ censor: (text) => app.secrets.censor(text), anonymize });
  try {
    // For its owner only, and never over another: it may hold customers.
    await writeFile(file, lines.map((line) => `${line}\n`).join(''), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const name = displayPath(file, cwd);
    const message = code === 'EEXIST' ? `${name} exists already; name another file` : `${name} cannot be written (${code})`;
    throw new NeedsOperatorError('USAGE', message, { cause });
  }
  return displayPath(file, cwd);
}

function* drawRecorded({ file, exchanges, anonymized, summary, entities, error }: Recorded, { paint }: Terminal): Generator<string> {
  if (summary !== null) yield `${paint.green('ok')}    ${plain(summary)}`;
  for (const { entity, pages, records } of entities) yield `      ${entity}: ${countOf(records, 'record')} on ${countOf(pages, 'page')}`;
  if (error) yield `${paint.red('error')} ${paint.dim(error.code)}  ${plain(error.message)}`;
  yield `wrote ${countOf(exchanges, 'exchange')} to ${file}; secrets are replaced by ***`;
  yield anonymized
    ? 'names, numbers and the like are replaced as well, as far as a program can tell: look at it before you give it away'
    : 'it holds your customers as they came; keep it to yourself, or record with --anonymize';
}
