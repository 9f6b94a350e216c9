/** Real systems that the connectors are tried against: how one is had on this machine, and what is said when it cannot be had. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** What a peer may use while it starts. Everything it writes lies in `folder`, everything it opens listens on 127.0.0.1. */
export interface PeerHost {
  readonly folder: string;
  /** Super user of the PostgreSQL that all of them share; databases are made by whoever needs one. */
  readonly adminUrl: string;
}

export type Started = {
  /** Goes to the tests as JSON: `inject('peers')[name]`. */
  readonly told: Record<string, unknown>;
  stop(): Promise<void>;
};

/** Throws what is a defect; answers `skipped` with the cure when this machine merely lacks something. */
export interface Peer {
  readonly name: string;
  start(host: PeerHost): Promise<Started | { readonly skipped: string }>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** By name; absent are those that were skipped. */
    peers: Record<string, Record<string, unknown>>;
  }
}

/** Says on standard error, which nobody captures. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Debian packages that are not there yet. Empty on a machine without dpkg would be a lie, so there all of them are missing. */
export function missingPackages(names: readonly string[]): string[] {
  return names.filter((name) => {
    const { status, stdout } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
    return status !== 0 || !/^Status: .* installed$/m.test(stdout);
  });
}

/**
 * Installs them where that disturbs nobody: for root, and in CI. `null` when all are there afterwards, else why not.
 * A developer's machine is left alone and told the command.
 */
export function installPackages(names: readonly string[]): string | null {
  const missing = missingPackages(names);
  if (missing.length === 0) return null;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !process.env.CI) return `packages are missing; run: sudo ${command}`;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  for (const step of ['apt-get update -qq', `env DEBIAN_FRONTEND=noninteractive ${command.replace('install', 'install -y -qq')}`]) {
    say(`  ${step}`);
    const [program = '', ...rest] = [...sudo, ...step.split(' ')];
    spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
  }
  const left = missingPackages(names);
  return left.length === 0 ? null : `apt could not install ${left.join(', ')}`;
}

/** Free now; whoever is given it must cope with losing it in between. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
