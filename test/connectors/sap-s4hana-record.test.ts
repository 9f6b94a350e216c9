/** Recordings of batches: nobody's name, nobody's key, and still the same pull. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { Recorder } from '../../src/connector/http/recorder.ts';
import { replayTransport } from '../../src/connector/http/replay.ts';
import { knownSecrets, scrubbed } from '../../src/connector/http/scrub.ts';
import type { WireAnswer, WireRequest } from '../../src/connector/http/transport.ts';
import type { Dialect, SimAnswer } from '../simulator/server.ts';
import { stage } from './sap-s4hana-stage.ts';

const KEY = 'k3y-0f-a-c0lleague';

/** Parts have headers of their own, among them what no part should say. */
const talkative = (dialect: Dialect): Dialect => ({
  ...dialect,
  async handle(request, world, context): Promise<SimAnswer> {
    const answer = await dialect.handle(request, world, context);
    if (!request.path.endsWith('/$batch') || answer.text === undefined) return answer;
    const more = `set-cookie: MYSAPSSO2=${KEY}; path=/\r\nsap-message: {"message":"Changed by SMITH"}\r\n`;
    return { ...answer, text: answer.text.replaceAll('dataserviceversion: 2.0\r\n', (line) => `${line}${more}`) };
  },
});

async function recorded(anonymize: boolean) {
  const scene = await stage({ filterSize: 2 }, { between: talkative });
  const recorder = new Recorder();
  const { records } = await scene.pull('contact', null, {}, scene.open({}, recorder.listenAt(memoryBorder())));
  const lines = recorder.lines({ censor: (text) => text.replaceAll('Sync-secret1', '***'), anonymize });
  const folder = await mkdtemp(join(tmpdir(), 'kontor-batch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'recording.jsonl');
  await writeFile(file, lines.join('\n'));
  const again = scene.open({}, { ...memoryBorder(), wire: replayTransport(file, { secrets: ['Sync-secret1'] }) });
  await scene.simulator.close();
  return { ...scene, records, text: lines.join('\n'), replay: () => scene.pull('contact', null, {}, again) };
}

it('replays a pull in batches, without tokens, cookies and messages about colleagues', async () => {
  const { records, text, replay, simulator } = await recorded(false);
  expect(simulator.requests.some(({ path }) => path.endsWith('/$batch'))).toBe(true);
  expect(text).not.toMatch(/token-1==|session-1|SMITH/);
  expect(text).not.toContain(KEY);
  expect((await replay()).records).toEqual(records);
});

it('keeps the cookies of parts out of every other answer, and out of batches that were cut', () => {
  const exchange = (text: string): [WireRequest, WireAnswer] => [
    { method: 'POST', url: 'https://s4.example.com/S/$batch', headers: {}, body: undefined, timeoutMs: 1 },
    { status: 202, headers: {}, setCookies: [], text, json: undefined, serverAt: null },
  ];
  const part = `--B\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nset-cookie: MYSAPSSO2=${KEY}; path=/\r\n\r\n{}\r\n`;
  const lines = (...texts: string[]) => {
    const recorder = new Recorder();
    const { tap } = recorder.listenAt(memoryBorder());
    for (const [request, answer] of texts.map(exchange)) {
      tap?.(scrubbed(request, answer, { at: new Date(0), ms: 0 }), knownSecrets(request, answer));
    }
    return recorder.lines({ censor: (text) => text, anonymize: false }).join('\n');
  };
  expect(lines(part)).not.toContain(KEY);
  expect(lines(`{"you":"${KEY}"}`, `${part}--B--`)).not.toContain(KEY);
  expect(lines(`{"you":"${KEY}"}`)).toContain(KEY);
});

it('names nobody in anonymized batches, and replays what belongs together', async () => {
  const { records, text, replay, world } = await recorded(true);
  expect(text).toContain('multipart/mixed');
  for (const { lastName, email } of world.rows('contact')) {
    if (lastName.length > 3) expect(text).not.toContain(`"${lastName}`);
    if (email !== null) expect(text).not.toContain(email);
  }
  // A customer has another number, and it is the same everywhere.
  const idsOf = (all: readonly Record<string, unknown>[]) => {
    const accounts = [...new Set(all.map(({ account }) => account))];
    return all.map(({ id, account, status }) => [String(id).split('/')[1], accounts.indexOf(account), status]);
  };
  const again = (await replay()).records;
  expect(idsOf(again)).toEqual(idsOf(records));
  expect(again.map(({ LastName }) => LastName)).not.toEqual(records.map(({ LastName }) => LastName));
});
