/** The command line as a whole: global options, commands, and how it ends. */
import { Command, CommanderError } from 'commander';
import { suggestName } from '../config/suggest-name.ts';
import { NeedsOperatorError } from '../errors.ts';
import { App, type Surroundings } from './app.ts';
import { EXIT, EXIT_MEANINGS, exitCodeOf } from './exit-codes.ts';

/** Each is loaded when it is asked for: all of them together take longer to start than most of them take to work. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command, app: App) => void>>> = {
  demo: async () => (await import('./commands/demo.ts')).addDemoCommand,
  init: async () => (await import('./commands/init.ts')).addInitCommand,
  check: async () => (await import('./commands/check.ts')).addCheckCommand,
  map: async () => (await import('./commands/map.ts')).addMapCommand,
  record: async () => (await import('./commands/record.ts')).addRecordCommand,
  certify: async () => (await import('./commands/certify.ts')).addCertifyCommand,
  pull: async () => (await import('./commands/pull.ts')).addPullCommand,
  radar: async () => (await import('./commands/radar.ts')).addRadarCommand,
  runs: async () => (await import('./commands/runs.ts')).addRunsCommand,
  accounts: async () => (await import('./commands/accounts.ts')).addAccountsCommand,
  prices: async () => (await import('./commands/prices.ts')).addPricesCommand,
  stock: async () => (await import('./commands/stock.ts')).addStockCommand,
  rules: async () => (await import('./commands/rules.ts')).addRulesCommand,
  calendars: async () => (await import('./commands/calendars.ts')).addCalendarsCommand,
  absences: async () => (await import('./commands/absences.ts')).addAbsencesCommand,
  deputies: async () => (await import('./commands/deputies.ts')).addDeputiesCommand,
  budgets: async () => (await import('./commands/budgets.ts')).addBudgetsCommand,
  rates: async () => (await import('./commands/rates.ts')).addRatesCommand,
  approvals: async () => (await import('./commands/approvals.ts')).addApprovalsCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).addQuarantineCommand,
  orders: async () => (await import('./commands/orders.ts')).addOrdersCommand,
  mail: async () => (await import('./commands/mail.ts')).addMailCommand,
  worker: async () => (await import('./commands/worker.ts')).addWorkerCommand,
  schedules: async () => (await import('./commands/schedules.ts')).addSchedulesCommand,
  serve: async () => (await import('./commands/serve.ts')).addServeCommand,
  keys: async () => (await import('./commands/keys.ts')).addKeysCommand,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
  health: async () => (await import('./commands/health.ts')).addHealthCommand,
};

/** With every command, or with the one that is asked for. Also read by the documentation's test. */
export async function buildProgram(app: App, version: string, argv: readonly string[] = []): Promise<Command> {
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
  for (const add of await loadCommands(argv)) inherit(program, () => add(program, app));
  const meanings = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join('\n');
  program.addHelpText(
    'after',
    `\nExit codes:\n${meanings}\n\nExamples:\n  kontor init\n  kontor check\n  kontor pull customers --wait\n  kontor accounts list`,
  );
  return program;
}

/** What is no command needs all of them, for help and for the name that was meant. */
function loadCommands(argv: readonly string[]): Promise<((program: Command, app: App) => void)[]> {
  const name = argv.find((word, at) => !word.startsWith('-') && !['-c', '--config'].includes(argv[at - 1] ?? ''));
  const asked = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name ?? ''] : undefined;
  return Promise.all((asked ? [asked] : Object.values(COMMANDS)).map((load) => load()));
}

/** Runs one command line to its end and answers the exit code. Never throws. */
export async function runProgram(argv: readonly string[], surroundings: Surroundings, version: string): Promise<number> {
  const app = new App(surroundings);
  app.configure({ json: argv.includes('--json'), debug: argv.includes('--debug'), color: !argv.includes('--no-color') });
  const restore = listenToSignals(app);
  let program: Command | undefined;
  try {
    program = await buildProgram(app, version, argv);
    await program.parseAsync(argv.length > 0 ? [...argv] : ['--help'], { from: 'user' });
    return app.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageExit(app, error, program ? misspelt(program, argv) : null);
    if (app.interruption.signal.aborted && !app.stopsItself) return EXIT.interrupted;
    app.out.error(error);
    return exitCodeOf(error);
  } finally {
    restore();
    await app.close();
  }
}

/** What a group's list says of words and options that were meant for another command. */
const MISREAD = new Set(['commander.excessArguments', 'commander.unknownOption']);

/** Help and version are answers; everything else commander throws is a misunderstanding. It printed nothing yet. */
function usageExit(app: App, { exitCode, code, message }: CommanderError, unknown: string | null): number {
  if (exitCode === 0) return EXIT.ok;
  const [first = message, ...more] = message.replace(/^error: /, '').split('\n');
  const told = code === 'commander.help' ? 'name a subcommand' : [first, ...more].join(' ').trim().replace(/\.$/, '');
  const hint = MISREAD.has(code) ? (unknown ?? told) : told;
  app.out.error(new NeedsOperatorError('USAGE', `${hint}; see --help of the command`));
  return EXIT.usage;
}

/** `kontor budgets statment NORD` is not `list` with too many arguments, though a group without a command is short for its list. */
function misspelt(program: Command, argv: readonly string[]): string | null {
  const flags = new Set(program.options.flatMap(({ long, required }) => (required ? [] : [long])));
  let group = program;
  for (const word of argv) {
    const names = group.commands.map((command) => command.name());
    const at = names.indexOf(word);
    if (at >= 0) group = group.commands[at] as Command;
    else if (flags.has(word) || group === program || names.length === 0) continue;
    // What follows an option may be its value.
    else return word.startsWith('-') ? null : `${group.name()} has no command "${word}"; ${suggestName(word, names)}`;
  }
  return null;
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
