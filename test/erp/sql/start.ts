/** A real MariaDB: a server of its own in the folder of the tests, on a free port, gone when they end. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { freePort, installPackages, type Peer } from '../peer.ts';

/** `inject('peers').sql` */
export interface SqlTold {
  readonly host: string;
  readonly port: number;
  /** May do everything; has no password, on a server that only this machine reaches. */
  readonly admin: string;
}

const ADMIN = 'kontor_admin';
const programs = (name: string): string | undefined =>
  ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].map((folder) => path.join(folder, name)).find(existsSync);

export const sqlPeer: Peer = {
  name: 'sql',
  async start({ folder }) {
    if (!programs('mariadbd')) {
      if (process.platform !== 'linux') return { skipped: 'mariadbd is not here; install MariaDB' };
      const missing = installPackages(['mariadb-server-core']);
      if (missing !== null) return { skipped: missing };
    }
    const server = programs('mariadbd');
    const installer = programs('mariadb-install-db');
    if (!server || !installer) return { skipped: 'mariadbd or mariadb-install-db is not here; install MariaDB' };
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const data = path.join(folder, 'data');
    const made = spawnSync(
      installer,
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--force', ...user],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`mariadb-install-db failed: ${made.stderr.slice(-2_000)}`);
    const init = path.join(folder, 'init.sql');
    await writeFile(init, `create user ${ADMIN}@'127.0.0.1';\ngrant all on *.* to ${ADMIN}@'127.0.0.1' with grant option;\n`);
    const port = await freePort();
    const running = spawn(
      server,
      ['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${folder}/my.sock`, `--pid-file=${folder}/my.pid`, `--init-file=${init}`, '--innodb-buffer-pool-size=32M', '--skip-name-resolve', ...user], // biome-ignore format: a command line
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    running.stderr.on('data', (piece: Buffer) => {
      log = `${log}${piece.toString()}`.slice(-20_000);
    });
    await waitFor(() => {
      if (running.exitCode !== null) throw new Error(`mariadbd ended: ${log.slice(-2_000)}`);
      return /ready for connections/.test(log);
    });
    const told: SqlTold = { host: '127.0.0.1', port, admin: ADMIN };
    return {
      told: { ...told },
      async stop() {
        if (running.exitCode !== null) return;
        running.kill('SIGTERM');
        await once(running, 'exit');
      },
    };
  },
};
