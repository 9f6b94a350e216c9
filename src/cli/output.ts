/** Everything a command says. Answers go to stdout, all else to stderr; with --json both speak JSON. */
import type { SecretValues } from '../config/secrets.ts';
import { KontorError } from '../errors.ts';
import { describeTerminal, type Terminal } from './terminal.ts';

export interface OutputOptions {
  readonly json: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

export class Output {
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly #errors: Terminal;
  readonly #debug: boolean;
  readonly #streams: Streams;
  readonly #secrets: SecretValues;

  constructor(streams: Streams, options: OutputOptions, secrets: SecretValues) {
    this.json = options.json;
    this.#debug = options.debug;
    this.#streams = streams;
    this.#secrets = secrets;
    this.terminal = describeTerminal(streams.stdout, streams.env, options.color);
    this.#errors = describeTerminal(streams.stderr, streams.env, options.color);
  }

  /** The answer of a command: data for programs, lines for people. Not censored: a customer may be named like a password. */
  answer<T>(data: T, draw: (data: T, terminal: Terminal) => Iterable<string>): void {
    const text = this.json ? JSON.stringify(data, null, 2) : [...draw(data, this.terminal)].join('\n');
    if (text !== '') this.#streams.stdout.write(`${text}\n`);
  }

  /** Something worth knowing beside the answer; programs are spared. */
  hint(text: string): void {
    if (!this.json) this.#streams.stderr.write(`${text}\n`);
  }

  /** One sentence with its cure. The causes are for those who ask with --debug. */
  error(error: unknown): void {
    const { code, message, details } = describe(error);
    const causes = this.#debug ? causesOf(error) : [];
    const { paint } = this.#errors;
    const text = this.json
      ? JSON.stringify({ error: { code, message, ...(details && { details }), ...(causes.length > 0 && { causes }) } })
      : [`${paint.red('error')} ${paint.dim(code)}  ${indent(message)}`, ...causes.map((cause) => paint.dim(`  caused by ${cause}`))].join(
          '\n',
        );
    this.#streams.stderr.write(`${this.#secrets.censor(text)}\n`);
  }
}

function describe(error: unknown): { code: string; message: string; details?: object } {
  if (error instanceof KontorError) {
    const { code, message, details } = error;
    return { code, message, ...(Object.keys(details).length > 0 && { details }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message: `${message}. This is a defect in Kontor; run again with --debug and report what it prints` };
}

/** Several problems stand below each other. */
function indent(message: string): string {
  return message.includes('\n')
    ? message
        .split('\n')
        .map((line) => `\n  ${line}`)
        .join('')
    : message;
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  if (error instanceof Error && !(error instanceof KontorError)) causes.push(error.stack ?? error.message);
  for (
    let cause = (error as { cause?: unknown } | null)?.cause;
    cause && causes.length < 10;
    cause = (cause as { cause?: unknown }).cause
  ) {
    causes.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  }
  return causes;
}
