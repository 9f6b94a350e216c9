/** `kontor check`: proves kontor.yaml, every connection with the cheapest call its connector knows, and mails without sending one. */
import type { Command } from 'commander';
import type { ConnectionSettings, Settings } from '../../config/settings.ts';
import { suggestName } from '../../config/suggest-name.ts';
import { openSession } from '../../connector/open-session.ts';
import { KontorError, RetryLaterError } from '../../errors.ts';
import { openMailer } from '../../notify/open-mailer.ts';
import type { App } from '../app.ts';
import { requireConnection, withExamples } from '../arguments.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { countOf } from '../format.ts';
import { plain, type Terminal } from '../terminal.ts';

const TIMEOUT_MS = 60_000;

interface Checked {
  connection: string;
  connector: string;
  ok: boolean;
  summary?: string;
  warnings: string[];
  error?: { code: string; message: string };
}

export function addCheckCommand(program: Command, app: App): void {
  const command = program
    .command('check')
    .description('prove kontor.yaml, every connection and the mail server, changing nothing')
    .argument('[connection]', 'only this one')
    .action(async (name: string | undefined) => {
      const settings = await app.settings(name === undefined ? 'all' : [name]);
      const wanted = name === undefined ? [...settings.connections.values()] : [requireConnection(settings, name)];
      const checked: Checked[] = [];
      for (const connection of wanted) checked.push(await check(app, settings, connection));
      const mail = name === undefined ? await checkMail(app, settings) : null;
      app.out.answer({ file: settings.file, connections: checked, mail }, drawChecks);
    });
  withExamples(command, ['kontor check', 'kontor check customers', 'kontor check --json']);
}

async function check(app: App, settings: Settings, { name, connector: kind, settings: config }: ConnectionSettings): Promise<Checked> {
  const base = { connection: name, connector: kind };
  const connector = app.surroundings.connectors.find((one) => one.name === kind);
  if (!connector) throw new TypeError(`connector ${kind} was configured but is ${suggestName(kind, [])}`);
  const signal = AbortSignal.any([app.interruption.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const { summary, warnings } = await answered(
      connector.check(
        openSession(
          connector,
          { connection: name, config, baseFolder: settings.baseFolder, signal, now: () => new Date() },
          app.border(settings),
        ),
      ),
      signal,
    );
    return { ...base, ok: true, summary, warnings };
  } catch (error) {
    if (!(error instanceof KontorError)) throw error;
    app.exitCode = Math.max(app.exitCode, exitCodeOf(error));
    return { ...base, ok: false, warnings: [], error: { code: error.code, message: error.message } };
  }
}

interface CheckedMail {
  readonly ok: boolean;
  readonly summary?: string;
  /** Languages that say some things in English. */
  readonly warnings: string[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** Templates are drawn and the server is greeted, with login. */
async function checkMail(app: App, settings: Settings): Promise<CheckedMail> {
  try {
    const { kit, transport } = await openMailer(settings);
    await transport.verify();
    const warnings = [...kit.catalogues.values()]
      .filter(({ missing }) => missing.length > 0)
      .map(({ language, missing }) => `${language}.json lacks ${countOf(missing.length, 'text')}, said in English: ${missing.join(', ')}`);
    return { ok: true, summary: `${transport.place}; languages: ${[...kit.catalogues.keys()].join(', ')}`, warnings };
  } catch (error) {
    if (!(error instanceof KontorError)) throw error;
    app.exitCode = Math.max(app.exitCode, exitCodeOf(error));
    return { ok: false, warnings: [], error: { code: error.code, message: error.message } };
  }
}

/** A connector that does not obey its signal must not hold the command. */
async function answered<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new RetryLaterError('SOURCE_NOT_READY', `no answer within ${TIMEOUT_MS / 1000} s; try again later`));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
  return Promise.race([work, late]);
}

interface Checks {
  readonly file: string | null;
  readonly connections: Checked[];
  readonly mail: CheckedMail | null;
}

function* drawChecks({ file, connections, mail }: Checks, { paint }: Terminal): Generator<string> {
  if (file === null) {
    yield 'there is no kontor.yaml in this folder; run `kontor init`, or name it with --config';
    return;
  }
  yield `${paint.green('ok')}    ${file}`;
  if (connections.length === 0) yield 'it names no connections yet';
  for (const { connection, connector, ok, summary, warnings, error } of connections) {
    yield `${ok ? paint.green('ok   ') : paint.red('error')} ${paint.bold(connection)} (${connector})  ${plain(summary ?? error?.message)}`;
    for (const warning of warnings) yield `      ${paint.yellow('note')}  ${plain(warning)}`;
  }
  if (!mail) return;
  yield `${mail.ok ? paint.green('ok   ') : paint.red('error')} ${paint.bold('mail')}  ${plain(mail.summary ?? mail.error?.message)}`;
  for (const warning of mail.warnings) yield `      ${paint.yellow('note')}  ${plain(warning)}`;
}
