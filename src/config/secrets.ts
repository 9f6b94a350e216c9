/**
 * Secrets in kontor.yaml: `${NAME}` and `${NAME:-default}` inside texts, `file:PATH` or `{ file: PATH }`,
 * `{ command: [program, argument, ...] }`. Their values are remembered so that nothing prints them.
 */
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './environment.ts';
import type { Path } from './yaml-document.ts';

const COMMAND_TIMEOUT_MS = 15_000;
const MAX_BYTES = 64 * 1024;
/** Shorter values would blacken half of every log line ("1", "de"). */
const SHORTEST_CENSORED = 4;
/** As a password anybody's first guess, and words of our own messages: blackening them protects nothing. */
const TOO_PLAIN = new Set(['kontor', 'postgres', 'redis', 'localhost', 'true', 'false', 'null']);
export const CENSORED = '***';

/** The secret values of this process, for everything that writes. */
export class SecretValues {
  #values = new Set<string>();

  remember(value: string): void {
    if (TOO_PLAIN.has(value)) return;
    // As it is, as JSON writes it (a PEM key has line breaks), and as a URL carries it.
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) {
      if (form.length >= SHORTEST_CENSORED) this.#values.add(form);
    }
  }

  censor(text: string): string {
    let censored = text;
    for (const value of this.#longestFirst()) if (censored.includes(value)) censored = censored.replaceAll(value, CENSORED);
    return censored;
  }

  /** A secret that contains another must go first, or its rest would stay readable. */
  #longestFirst(): string[] {
    return [...this.#values].sort((a, b) => b.length - a.length);
  }
}

export interface SecretFailure {
  path: Path;
  /** What could not be read, and the cure; never the value. */
  message: string;
}

export interface SecretContext {
  env: Environment;
  baseFolder: string;
  values: SecretValues;
}

/** Replaces every reference below `value`; a failure leaves `null` in its place and is reported. */
export async function resolveSecrets(
  value: unknown,
  path: Path,
  context: SecretContext,
): Promise<{ value: unknown; failures: SecretFailure[] }> {
  const failures: SecretFailure[] = [];
  const walk = async (node: unknown, at: Path): Promise<unknown> => {
    const reference = asReference(node);
    if (reference) {
      const answer = await reference(context);
      if (answer.message === undefined) return answer.value;
      failures.push({ path: at, message: answer.message });
      return null;
    }
    if (Array.isArray(node)) return Promise.all(node.map((item, index) => walk(item, [...at, index])));
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).map(async ([key, item]) => [key, await walk(item, [...at, key])] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  return { value: await walk(value, path), failures };
}

type Answer = { value: string; message?: undefined } | { value?: undefined; message: string };
type Reference = (context: SecretContext) => Promise<Answer> | Answer;

function asReference(node: unknown): Reference | undefined {
  if (typeof node === 'string') {
    if (node.startsWith('file:') && node.length > 5) return (context) => fromFile(node.slice(5), context);
    return node.includes('${') ? (context) => fromEnvironment(node, context) : undefined;
  }
  if (typeof node !== 'object' || node === null || Object.keys(node).length !== 1) return undefined;
  const { file, command } = node as { file?: unknown; command?: unknown };
  if (typeof file === 'string') return (context) => fromFile(file, context);
  if (Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string')) {
    return (context) => fromCommand(command as string[], context);
  }
  return undefined;
}

/** `$${` stands for a literal `${`. */
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)\}/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

function fromEnvironment(text: string, { env, values }: SecretContext): Answer {
  const missing: string[] = [];
  const value = text.replace(PLACEHOLDER, (whole, inner: string | undefined) => {
    if (inner === undefined) return '${';
    const [, name = '', fallback] = VARIABLE.exec(inner) ?? [];
    const given = env[name];
    if (name !== '' && given !== undefined && given !== '') {
      values.remember(given);
      return given;
    }
    if (name !== '' && fallback !== undefined) return fallback;
    missing.push(name === '' ? `${whole} is not \${NAME} or \${NAME:-default}` : `the environment variable ${name} is not set`);
    return '';
  });
  return missing.length > 0 ? { message: `${missing.join('; ')}; set it, or write a default as \${NAME:-default}` } : { value };
}

async function fromFile(file: string, { baseFolder, values }: SecretContext): Promise<Answer> {
  const path = resolve(baseFolder, file);
  try {
    if ((await stat(path)).size > MAX_BYTES)
      return { message: `the secret file ${file} is larger than ${MAX_BYTES} bytes; name the right file` };
    return remembered((await readFile(path, 'utf8')).trim(), `the secret file ${file} is empty; write the secret into it`, values);
  } catch (error) {
    return { message: `the secret file ${file} cannot be read (${codeOf(error)}); create it, or allow this user to read it` };
  }
}

async function fromCommand([program = '', ...words]: string[], { env, baseFolder, values }: SecretContext): Promise<Answer> {
  const run = promisify(execFile)(program, words, {
    cwd: baseFolder,
    env: { ...env },
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BYTES,
    windowsHide: true,
  });
  run.child.stdin?.end();
  try {
    return remembered((await run).stdout.trim(), `the secret command "${program}" printed nothing; run it by hand to see why`, values);
  } catch (error) {
    const { killed } = error as { killed?: boolean };
    const why = killed ? `gave no answer within ${COMMAND_TIMEOUT_MS / 1000} s` : `failed (${codeOf(error)})`;
    return { message: `the secret command "${program}" ${why}; run it by hand to see why` };
  }
}

function remembered(value: string, whenEmpty: string, values: SecretValues): Answer {
  if (value === '') return { message: whenEmpty };
  values.remember(value);
  return { value };
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: string | number };
  return typeof code === 'number' ? `exit code ${code}` : String(code ?? 'unknown');
}
