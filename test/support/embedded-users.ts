/** Real processes that share the embedded PostgreSQL of a folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface EmbeddedUser {
  readonly url: string;
  close(): Promise<void>;
  exitWithoutClosing(): Promise<void>;
  kill(): Promise<void>;
}

const script = fileURLToPath(new URL('./embedded-user.js', import.meta.url));

/** `program`: the url of a dist/ folder with another installation. */
export async function startEmbeddedUser(folder: string, program?: string): Promise<EmbeddedUser> {
  const child = spawn(process.execPath, [script, folder, ...(program ? [program] : [])], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(child, 'exit').then(([status]) => `ended with ${status}: ${complaint}`);
  const first = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const url = await Promise.race([first, ended]);
  if (!url.startsWith('postgres:')) throw new Error(url);
  return {
    url,
    close: () => tell(child, 'close'),
    exitWithoutClosing: () => tell(child, 'exit'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };

  async function tell(user: ChildProcess, order: string): Promise<void> {
    user.stdin?.write(`${order}\n`);
    const outcome = await ended;
    if (!outcome.startsWith('ended with 0')) throw new Error(outcome);
  }
}

/** A folder like `.kontor` in a checkout that everyone may enter, or only root. */
export async function newFolder(mode = 0o755): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'kontor-embedded-'));
  await chmod(parent, mode);
  return path.join(parent, '.kontor');
}

/** Process id of the server whose data lies there, `null` when none runs. */
export function serverOf(base: string): number | null {
  try {
    const pid = Number(readFileSync(path.join(base, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Someone else's process is a process too.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw error;
    return null;
  }
}
