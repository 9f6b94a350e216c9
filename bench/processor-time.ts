/** Processor time of this program and of its PostgreSQL: what the work costs, however busy the machine is. */
import { readdir, readFile } from 'node:fs/promises';
import type { Database } from '../src/store/database.ts';

export interface ProcessorTime {
  readonly nodeMs: number;
  /** `null` where nobody tells: only Linux does, of a server on this machine. */
  readonly postgresMs: number | null;
}

/** Counted from now on, whenever it is asked. */
export async function processorTime(db: Database): Promise<() => Promise<ProcessorTime>> {
  const { rows } = await db.raw<{ rows: Array<{ pid: number }> }>('select pg_backend_pid() as pid');
  const server = (await statOf(String(rows[0]?.pid)))?.parent ?? null;
  const node = process.cpuUsage();
  const before = await serverMs(server);
  return async () => {
    const { user, system } = process.cpuUsage(node);
    const after = await serverMs(server);
    return { nodeMs: (user + system) / 1_000, postgresMs: before === null || after === null ? null : after - before };
  };
}

export function sayProcessorTime({ nodeMs, postgresMs }: ProcessorTime): string {
  const say = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  return postgresMs === null ? `Node.js ${say(nodeMs)}` : `Node.js ${say(nodeMs)}, PostgreSQL ${say(postgresMs)}`;
}

/** Of the server, of those it has waited for, and of all that live. */
async function serverMs(server: string | null): Promise<number | null> {
  const stat = server === null ? null : await statOf(server);
  if (!stat) return null;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const living = (await Promise.all(pids.map(statOf))).filter((one) => one?.parent === server);
  return living.reduce((sum, one) => sum + (one?.ownMs ?? 0), stat.ownMs + stat.waitedMs);
}

interface Stat {
  readonly parent: string;
  readonly ownMs: number;
  /** Of its children that have ended. */
  readonly waitedMs: number;
}

/** `/proc` counts in hundredths of a second. The name of the program stands in parentheses and may hold anything. */
async function statOf(pid: string): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, waitedUser, waitedSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return { parent: fields[1] ?? '', ownMs: (user + system) * 10, waitedMs: (waitedUser + waitedSystem) * 10 };
}
