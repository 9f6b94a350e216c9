/**
 * What a pull takes beside a bare loop that sends the same requests to the real Tryton and throws the answers away. Printed, never
 * asserted: a busy machine is no defect.
 */
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/connector/http/border.ts';
import { type Run, requestRun } from '../../../src/store/runs.ts';
import { executeRun } from '../../../src/sync/execute-run.ts';
import type { PullContext } from '../../../src/sync/pull-context.ts';
import { contextFor } from '../../flows/pull-setup.ts';
import { createTestDatabase } from '../../support/database.ts';
import { say } from '../peer.ts';
import { connectionOf, realTryton, told, trytonScene } from './scene.ts';
import { seedParties } from './seed.ts';

const PARTIES = Number(process.env.ERP_PARTIES ?? 5_000);
const ROUNDS = PARTIES < 5_000 ? 1 : 3;
const BOUND = 1.2;

describe.skipIf(!told())('a real Tryton', () => {
  it(`is asked for ${PARTIES} parties by a pull and by a bare loop`, async () => {
    const scene = trytonScene();
    const prefix = `P${Date.now()}`;
    await seedParties(scene, prefix, PARTIES);
    const connection = connectionOf(scene.settings, prefix);
    const contextOn = async () => contextFor((await createTestDatabase()).db, '.', connection);

    const exchanges: Exchange[] = [];
    const listening = await contextOn();
    await pull({ ...listening, border: { ...listening.border, tap: (exchange) => exchanges.push(exchange) } });
    const took = { bare: [] as number[], first: [] as number[], same: [] as number[] };
    for (let round = 1; round <= ROUNDS; round++) {
      took.bare.push(await bareLoop(exchanges));
      const context = await contextOn();
      const first = await pull(context);
      const same = await pull(context);
      expect([first.counts.created, same.counts.unchanged]).toEqual([PARTIES, PARTIES]);
      took.first.push(msOf(first));
      took.same.push(msOf(same));
    }
    const bare = middle(took.bare);
    say(`\n${PARTIES} parties of a real Tryton in ${exchanges.length} requests, medians of ${ROUNDS}; a bare loop took ${inSeconds(bare)}`);
    for (const [what, ms] of [
      ['first import', middle(took.first)],
      ['full pull, nothing changed', middle(took.same)],
    ] as const) {
      const verdict = ms / bare <= BOUND ? 'met' : 'MISSED';
      say(`  ${what}: ${inSeconds(ms)}, ${(ms / bare).toFixed(2)} times as long (at most ${BOUND}: ${verdict})`);
    }
  });
});

async function pull(context: PullContext): Promise<Run> {
  const request = { connection: 'erp', entity: 'account', mode: 'full', trigger: 'test' } as const;
  const { runId } = await requestRun(context.db, request, context.now());
  const run = await executeRun(context, runId);
  expect(run?.outcome).toBe('complete');
  return run as Run;
}

/** One after the other, as they were sent (each page names the one before it), in one session: a login with every request would cost it dear. */
async function bareLoop(exchanges: readonly Exchange[]): Promise<number> {
  const { url, database, user, password } = realTryton().settings;
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(new URL(path, String(url)), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await answer.text();
    if (!answer.ok || /^{[^{[]*"error"/.test(text)) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
  const login = await post(`/${database}/`, JSON.stringify({ id: 0, method: 'common.db.login', params: [user, { password }, 'en'] }));
  const [userId, session] = (JSON.parse(login) as { result: [number, string] }).result;
  const authorization = `Session ${Buffer.from(`${user}:${userId}:${session}`).toString('base64')}`;
  const started = performance.now();
  for (const { path, requestBody } of exchanges) {
    if (!requestBody.includes('"common.')) await post(path, requestBody, { authorization });
  }
  return performance.now() - started;
}

function msOf({ requestedAt, finishedAt }: Run): number {
  return (finishedAt?.getTime() ?? Number.NaN) - requestedAt.getTime();
}

function middle(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
