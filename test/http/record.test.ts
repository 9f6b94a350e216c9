import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { Recorder } from '../../src/connector/http/recorder.ts';
import { replayTransport } from '../../src/connector/http/replay.ts';
import type { SessionLogin } from '../../src/connector/http/types.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';
import { openHttp } from './open-http.ts';
import { http, startRawServer } from './raw-server.ts';

const PASSWORD = 'correct horse';

interface Place {
  simulator: Simulator;
  cwd: string;
  kontor(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  recorded(file: string): Promise<string>;
}

async function setup(): Promise<Place> {
  const world = new World().seed({ seed: 7, accounts: 12 });
  const simulator = await startSimulator(templateDialect(), { world, pageSize: 5 });
  onTestFinished(simulator.close);
  const cwd = await mkdtemp(join(tmpdir(), 'kontor-record-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const settings = `{ url: '${simulator.url}', user: kontor, password: '\${ERP_PASSWORD}' }`;
  await writeFile(
    join(cwd, 'kontor.yaml'),
    `connections:\n  erp:\n    connector: template\n    settings: ${settings}\n    entities: { account: {}, contact: {} }\n`,
  );
  return {
    simulator,
    cwd,
    async kontor(...args) {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const surroundings = { env: { ERP_PASSWORD: PASSWORD }, cwd, stdout, stderr, connectors: [template] };
      const code = await runProgram(args, surroundings as never, '0');
      stdout.end();
      stderr.end();
      return { code, stdout: await text(stdout), stderr: await text(stderr) };
    },
    recorded: (file) => readFile(join(cwd, file), 'utf8'),
  };
}

async function pull(border: Border, url: string, entity: EntityName): Promise<unknown[]> {
  const config = template.config.parse({ url, user: 'kontor', password: PASSWORD });
  const request = { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date() };
  const source = template.sources[entity];
  const records: unknown[] = [];
  for await (const page of source?.read(openSession(template, request, border), {}, null) ?? []) records.push(...page.records);
  return records;
}

const replayed = (file: string): Border => ({ ...memoryBorder(), wire: replayTransport(file, { secrets: [PASSWORD] }) });

describe('kontor record', () => {
  it('writes what was said, from which the same pull can be made without the system', async () => {
    const { kontor, cwd, simulator } = await setup();
    const { code, stdout } = await kontor('record', 'erp', '--to', 'all.jsonl');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Template ERP 1\.0/);
    expect(stdout).toMatch(/account: \d+ records on \d+ pages/);
    const live = [await pull(memoryBorder(), simulator.url, 'account'), await pull(memoryBorder(), simulator.url, 'contact')];
    await simulator.close();
    const file = join(cwd, 'all.jsonl');
    const again = [await pull(replayed(file), simulator.url, 'account'), await pull(replayed(file), simulator.url, 'contact')];
    expect(live[0]?.length).toBeGreaterThan(10);
    expect(again).toEqual(live);
  });

  it('keeps passwords and tokens out of the file, and the file to its owner', async () => {
    const { kontor, cwd, recorded } = await setup();
    await kontor('record', 'erp', '--to', 'all.jsonl');
    const lines = await recorded('all.jsonl');
    expect(lines).toContain('"path":"/session"');
    expect(lines).not.toMatch(/correct horse|token-\d/);
    expect((await stat(join(cwd, 'all.jsonl'))).mode & 0o077).toBe(0);
  });

  it('stops after the page that reaches the limit, and records one entity when one is named', async () => {
    const { kontor, recorded } = await setup();
    const { stdout } = await kontor('record', 'erp', 'account', '--to', 'few.jsonl', '--limit', '6', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ exchanges: 4, entities: [{ entity: 'account', pages: 2, records: 10 }], error: null });
    expect((await recorded('few.jsonl')).trim().split('\n')).toHaveLength(4);
  });

  it('names nobody when it anonymizes, and still makes the same pull', async () => {
    const { kontor, cwd, simulator, recorded } = await setup();
    await kontor('record', 'erp', '--to', 'other.jsonl', '--anonymize');
    const lines = await recorded('other.jsonl');
    for (const { name } of simulator.world.rows('account')) expect(lines).not.toContain(JSON.stringify(name).slice(1, -1));
    for (const { lastName, email } of simulator.world.rows('contact')) {
      if (lastName.length > 3) expect(lines).not.toContain(`"${lastName}"`);
      if (email !== null) expect(lines).not.toContain(email);
    }
    const live = (await pull(memoryBorder(), simulator.url, 'contact')) as Array<{ id: string; customerId: string }>;
    const again = (await pull(replayed(join(cwd, 'other.jsonl')), simulator.url, 'contact')) as typeof live;
    expect(again.map(({ id, customerId }) => ({ id, customerId }))).toEqual(live.map(({ id, customerId }) => ({ id, customerId })));
  });

  it('writes what was said until a failure, and fails', async () => {
    const { kontor, simulator, recorded } = await setup();
    simulator.accidents.next('wrong-content-type', { after: 2, times: 9 });
    const { code, stdout } = await kontor('record', 'erp', '--to', 'broken.jsonl');
    expect(code).toBe(6);
    expect(stdout).toMatch(/ERP_ANSWER_UNUSABLE/);
    expect(await recorded('broken.jsonl')).toContain('<form');
  });

  it('overwrites nothing', async () => {
    const { kontor, cwd, recorded } = await setup();
    await writeFile(join(cwd, 'mine.txt'), 'mine');
    expect(await kontor('record', 'erp', '--to', 'mine.txt')).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
    expect(await recorded('mine.txt')).toBe('mine');
  });
});

it('keeps a session key out of a recording, wherever a system says it', async () => {
  const key = 'd0f3a1b2c4';
  const server = await startRawServer(({ text: asked, socket }) => {
    const body = asked.startsWith('POST /login') ? `{"result":[2,"${key}"]}` : `{"you":"${key}","path":"/x/${key}"}`;
    socket.write(http(200, body, { 'set-cookie': 'sid=chocolate; Path=/', 'x-trace': key }));
  });
  onTestFinished(server.close);
  const login: SessionLogin = {
    kind: 'session',
    async open(plain) {
      const { json } = await plain.send({ method: 'POST', path: 'login', effect: 'read', json: ['clerk', 'open sesame'] });
      const [, session] = (json as { result: [number, string] }).result;
      return { headers: { authorization: `Session ${Buffer.from(`clerk:2:${session}`).toString('base64')}` } };
    },
  };
  const recorder = new Recorder();
  const { send } = openHttp(server.url, { border: recorder.listenAt(memoryBorder()), profile: { login, cookies: true } });
  await send({ path: `rows/${key}` });
  await send({ path: 'rows', query: { cookie: 'chocolate' } });
  const lines = recorder.lines({ censor: (told) => told.replaceAll('open sesame', '***'), anonymize: false }).join('\n');
  expect(lines).toContain('"result\\":[2,\\"***\\"]');
  expect(lines).not.toMatch(/d0f3a1b2c4|chocolate|open sesame/);
});

it('says what a recording lacks and what it has', async () => {
  const { kontor, cwd, simulator } = await setup();
  await kontor('record', 'erp', 'account', '--to', 'accounts.jsonl');
  const error = await pull(replayed(join(cwd, 'accounts.jsonl')), simulator.url, 'address').catch((caught: unknown) => caught);
  expect(String(error)).toMatch(/accounts\.jsonl has no answer to GET \/addresses/);
  expect(String(error)).toMatch(/it has:\n {2}.*\/session/);
});
