/** Under whom the embedded server runs, and how its programs are run as that user. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** An unprivileged user of this machine. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** In order of liking; the last one exists everywhere. */
const UNPRIVILEGED = ['postgres', 'node', 'nobody'];

/** PostgreSQL refuses to run as root, so root lends it an account. `null`: we are not root, it runs as ourselves. */
export async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of UNPRIVILEGED) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

export interface Outcome {
  /** `null`: it could not be started, or was killed. */
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs a program to its end. With `logTo` its output, and that of a server it leaves behind, goes to that open file;
 * a pipe would never close.
 */
export function run(command: string, args: readonly string[], account: Account | null, logTo?: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...account,
      // The account may not be allowed into our own working folder.
      cwd: '/',
      env: cleanEnvironment(),
      stdio: ['ignore', logTo ?? 'pipe', logTo ?? 'pipe'],
      windowsHide: true,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', (error) => resolve({ status: null, output: error.message }));
    child.once('close', (status) => resolve({ status, output }));
  });
}

export async function canEnter(account: Account | null, folder: string): Promise<boolean> {
  if (!account) return true;
  return (await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], account)).status === 0;
}

/** PGPORT, PGDATA and friends belong to the user's own PostgreSQL; messages in English, so that they can be looked up. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
