/** The command line as a whole: global options, commands, and how it ends. */
import { Command, CommanderError } from 'commander';
import { NeedsOperatorError } from '../errors.ts';
import { App, type Surroundings } from './app.ts';
import { addAbsencesCommand } from './commands/absences.ts';
import { addAccountsCommand } from './commands/accounts.ts';
import { addApprovalsCommand } from './commands/approvals.ts';
import { addBudgetsCommand } from './commands/budgets.ts';
import { addCalendarsCommand } from './commands/calendars.ts';
import { addCertifyCommand } from './commands/certify.ts';
import { addCheckCommand } from './commands/check.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDeputiesCommand } from './commands/deputies.ts';
import { addHealthCommand } from './commands/health.ts';
import { addInitCommand } from './commands/init.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addMailCommand } from './commands/mail.ts';
import { addMapCommand } from './commands/map.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addOrdersCommand } from './commands/orders.ts';
import { addPricesCommand } from './commands/prices.ts';
import { addPullCommand } from './commands/pull.ts';
import { addQuarantineCommand } from './commands/quarantine.ts';
import { addRadarCommand } from './commands/radar.ts';
import { addRatesCommand } from './commands/rates.ts';
import { addRecordCommand } from './commands/record.ts';
import { addRulesCommand } from './commands/rules.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addSchedulesCommand } from './commands/schedules.ts';
import { addServeCommand } from './commands/serve.ts';
import { addStockCommand } from './commands/stock.ts';
import { addWorkerCommand } from './commands/worker.ts';
import { EXIT, EXIT_MEANINGS, exitCodeOf } from './exit-codes.ts';

const COMMANDS = [
  addDemoCommand,
  addInitCommand,
  addCheckCommand,
  addMapCommand,
  addRecordCommand,
  addCertifyCommand,
  addPullCommand,
  addRadarCommand,
  addRunsCommand,
  addAccountsCommand,
  addPricesCommand,
  addStockCommand,
  addRulesCommand,
  addCalendarsCommand,
  addAbsencesCommand,
  addDeputiesCommand,
  addBudgetsCommand,
  addRatesCommand,
  addApprovalsCommand,
  addQuarantineCommand,
  addOrdersCommand,
  addMailCommand,
  addWorkerCommand,
  addSchedulesCommand,
  addServeCommand,
  addKeysCommand,
  addMigrateCommand,
  addHealthCommand,
];

/** Also read by the documentation's test. */
export function buildProgram(app: App, version: string): Command {
  const program = new Command('kontor')
    .description('Keeps B2B account profiles true: pulls customer master data from ERP, CRM and spreadsheets.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('-c, --config <file>', 'kontor.yaml to use (KONTOR_CONFIG; else the one in this folder)')
    .option('--json', 'answer, and fail, in JSON')
    .option('--debug', 'show the causes of an error')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride()
    .hook('preAction', (_program, action) => app.configure(globalsOf(action)));
  for (const add of COMMANDS) inherit(program, () => add(program, app));
  const meanings = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join('\n');
  program.addHelpText(
    'after',
    `\nExit codes:\n${meanings}\n\nExamples:\n  kontor init\n  kontor check\n  kontor pull customers --wait\n  kontor accounts list`,
  );
  return program;
}

/** Runs one command line to its end and answers the exit code. Never throws. */
export async function runProgram(argv: readonly string[], surroundings: Surroundings, version: string): Promise<number> {
  const app = new App(surroundings);
  app.configure({ json: argv.includes('--json'), debug: argv.includes('--debug'), color: !argv.includes('--no-color') });
  const restore = listenToSignals(app);
  const program = buildProgram(app, version);
  try {
    await program.parseAsync(argv.length > 0 ? [...argv] : ['--help'], { from: 'user' });
    return app.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageExit(app, error);
    if (app.interruption.signal.aborted && !app.stopsItself) return EXIT.interrupted;
    app.out.error(error);
    return exitCodeOf(error);
  } finally {
    restore();
    await app.close();
  }
}

/** Help and version are answers; everything else commander throws is a misunderstanding. It printed nothing yet. */
function usageExit(app: App, { exitCode, code, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok;
  const [first = message, ...more] = message.replace(/^error: /, '').split('\n');
  const hint = code === 'commander.help' ? 'name a subcommand' : [first, ...more].join(' ').trim();
  app.out.error(new NeedsOperatorError('USAGE', `${hint}; see --help of the command`));
  return EXIT.usage;
}

function listenToSignals(app: App): () => void {
  const stop = () => {
    if (app.interruption.signal.aborted) process.exit(EXIT.interrupted);
    app.interruption.abort();
    if (!app.stopsItself) void app.close().then(() => process.exit(EXIT.interrupted));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

/** Commander copies settings to subcommands only when they are added; ours must also fall silent and throw. */
function inherit(program: Command, add: () => void): void {
  const known = new Set(program.commands);
  add();
  const settle = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.commands.forEach(settle);
  };
  for (const command of program.commands) if (!known.has(command)) settle(command);
  program.configureOutput({ writeErr: () => undefined });
}

function globalsOf(command: Command) {
  const { config, json, debug, color } = command.optsWithGlobals<{ config?: string; json?: boolean; debug?: boolean; color?: boolean }>();
  return { config, json: json === true, debug: debug === true, color: color !== false };
}
