import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { runningClock, World } from '../simulator/world.ts';
import { kontorHere } from './run-here.ts';
import { makeFolder } from './run-kontor.ts';

let world: World;
let simulator: Simulator;
beforeEach(async () => {
  world = new World({ clock: runningClock() }).seed({ accounts: 14, products: 2 });
  simulator = await startSimulator(templateDialect(), { world, pageSize: 5 });
});
afterEach(() => simulator.close());

/** In this process, because the template is a connector of no release. */
const kontor = (cwd: string, ...args: string[]) =>
  kontorHere(args, { cwd, env: { ERP_PASSWORD: String(simulator.settings.password) } }, [template]);

const folder = () =>
  makeFolder({
    'kontor.yaml': `connections:
  erp:
    connector: template
    settings: { url: '${simulator.url}', user: kontor, password: "\${ERP_PASSWORD}" }
    entities: { account: {}, contact: {}, stock: {} }
`,
  });

it('prints a certificate that passes, and writes nothing there', async () => {
  const { code, stdout, stderr } = await kontor(await folder(), 'certify', 'erp');
  expect(stdout).toMatch(
    /^Certificate of erp \(template\), \d{4}-\d\d-\d\d \d\d:\d\dZ\nsystem {7}Template ERP 1\.0\npermissions {2}2 granted\n/,
  );
  expect(stdout).toMatch(/^commit lag {3}account: not measured, 5 min covered; contact: .*; stock: /m);
  expect(stdout).toMatch(/^account +14 +0 \(0\.0 %\) +3 +[\d,]+ ms +[\d,]+ ms {2}ok$/m);
  expect(stdout).toContain('nothing was written there');
  expect(stderr).toContain('erp: account ...');
  expect(code).toBe(0);
  expect(simulator.requests.filter(({ on }) => on === 'write')).toEqual([]);
});

it('makes one order when it is told to, says how long it was invisible, and leaves nothing behind', async () => {
  const cwd = await folder();
  const [{ id } = { id: '' }] = world.rows('account');
  const product = world.rows('product')[0]?.number;
  await writeFile(
    join(cwd, 'order.yaml'),
    `soldTo: '${id}'\ncurrency: EUR\nlines: [{ product: '${product}', quantity: 2, unitPrice: 1.5 }]\n`,
  );
  const { stdout, code } = await kontor(cwd, 'certify', 'erp', '--order', 'order.yaml');
  expect(stdout).toMatch(/^orders {7}found \d\.\d s after it was made \(at .*look.*\), 0\.0 s reckoned with$/m);
  expect(stdout).toMatch(/only order \S+ was made there, and cancelled/);
  expect([code, world.rows('order').map(({ state }) => state)]).toEqual([stdout.includes('not passed') ? 5 : 0, ['cancelled']]);
  await writeFile(join(cwd, 'bad.yaml'), 'soldTo: 1\n');
  const bad = await kontor(cwd, 'certify', 'erp', '--order', 'bad.yaml');
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('bad.yaml is no order for a sandbox')]);
  expect(world.count('order')).toBe(1);
});

it('answers in JSON, and into a file of either kind', async () => {
  const cwd = await folder();
  const asked = await kontor(cwd, 'certify', 'erp', '--limit', '5', '--json', '--to', 'erp.json');
  const certificate = JSON.parse(asked.stdout);
  expect(certificate).toMatchObject({ connection: 'erp', entities: [{ entity: 'account', isLimited: true }, {}, {}] });
  expect(JSON.parse(await readFile(join(cwd, 'erp.json'), 'utf8'))).toEqual(certificate);
  await kontor(cwd, 'certify', 'erp', '--to', 'erp.txt');
  expect(await readFile(join(cwd, 'erp.txt'), 'utf8')).toMatch(/^Certificate of erp/);
  const again = await kontor(cwd, 'certify', 'erp', '--to', 'erp.txt');
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('erp.txt exists already') });
});

it('ends with what is wrong: bad records, a wrong password, a connection that is not there', async () => {
  world.change('account', '1', { currency: 'EURO' });
  const cwd = await folder();
  expect(await kontor(cwd, 'certify', 'erp')).toMatchObject({ code: 4, stdout: expect.stringMatching(/^bad {4}account: .*EURO/m) });
  expect((await kontor(cwd, 'certify', 'nothing')).code).toBe(2);
  world.moveClock(600_000);
  expect(await kontor(cwd, 'certify', 'erp')).toMatchObject({ code: 5, stdout: expect.stringMatching(/^wrong {2}.* s ahead of ours/m) });
  simulator.settings.password = 'wrong';
  expect(await kontor(cwd, 'certify', 'erp')).toMatchObject({ code: 5, stderr: expect.stringContaining('ERP_LOGIN_REFUSED') });
});
