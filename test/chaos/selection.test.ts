/** A handful of the seeds of `npm run chaos`, with everything real that it has. The whole of it takes longer than a suite may. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Totals } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A folder of its own: a long run beside us goes on with what it began with. */
let compiled: string;
beforeAll(async () => {
  await mkdir(path.join(ROOT, '.kontor'), { recursive: true });
  compiled = await mkdtemp(path.join(ROOT, '.kontor/chaos-selection-'));
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', path.join(ROOT, 'test/chaos/tsconfig.json'), '--outDir', compiled]);
  if (status !== 0) throw new Error(String(stdout));
  return () => rm(compiled, { recursive: true, force: true });
});

interface Verdict {
  readonly found: number;
  readonly postgres?: Totals;
  readonly redis?: Totals;
}

/** Status 1 says that something was found; the verdict says what. */
function chaos(...args: string[]): Promise<{ verdict: Verdict; told: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path.join(compiled, 'test/chaos/run.js'), '--json', ...args], (error, stdout, told) => {
      if (stdout === '') reject(new Error(told || String(error)));
      else resolve({ verdict: JSON.parse(stdout), told });
    });
  });
}

describe('orders that are handed off while everything around them breaks', () => {
  it('arrive once, with the queue on either backend', async () => {
    const { verdict, told } = await chaos('--backend', hasRedis ? 'both' : 'postgres', '--seeds', SEEDS, '--orders', '5', '--seats', '6');
    expect(told).toBe('');
    expect(verdict.found).toBe(0);
    for (const totals of hasRedis ? [verdict.postgres, verdict.redis] : [verdict.postgres]) {
      expect(totals).toMatchObject({ seeds: 6, orders: 30 });
      expect((totals?.delivered ?? 0) + (totals?.refusedAsPlanned ?? 0) + sum(totals?.shown)).toBe(30);
    }
  });

  it('would be found out if they were created without looking', async () => {
    const { verdict } = await chaos(
      '--backend',
      'postgres',
      '--theme',
      'lost answers',
      '--seeds',
      '1-8',
      '--until-found',
      '--mutant',
      'creates without looking',
    );
    expect(verdict.postgres?.violations.doubled).toBeGreaterThan(0);
  });
});

/** Six in a row meet six themes. */
const SEEDS = '2-7';

function sum(counts: Readonly<Record<string, number>> = {}): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}
