import { beforeAll, describe, expect, it } from 'vitest';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { setupRules } from './rules-setup.ts';

const RULES = `mode: own
rules:
  - name: Large orders
    effect: require
    when:
      orderTotal: { gt: 1000, currency: EUR }
    stages:
      - approvers: [{ role: approver, in: unit }]
limits:
  buy:
    default: unlimited
    people:
      P-77: { amount: 10, currency: EUR, per: month }
`;

describe('kontor rules', () => {
  let setup: Awaited<ReturnType<typeof setupRules>>;

  beforeAll(async () => {
    setup = await setupRules();
  });

  async function run(args: string[], files: Record<string, string> = {}) {
    return kontorHere(args, { cwd: await makeFolder(files), env: { DATABASE_URL: setup.url } });
  }

  it('puts rules, warns of names that fit nobody, and shows what was put with its trail', async () => {
    const put = await run(['rules', 'put', 'A-3', 'rules.yaml', '--reason', 'new year'], { 'rules.yaml': RULES });
    expect(put).toMatchObject({ code: 0, stdout: expect.stringContaining('version 1 of the rules of Hansa Süd is active') });
    expect(put.stderr).toContain('no person of the company is called "P-77"');
    const shown = await run(['rules', 'show', 'A-3', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      version: 1,
      document: { rules: [{ name: 'Large orders', when: { orderTotal: { gt: 1000 } } }] },
      log: [{ action: 'activated', reason: 'new year' }, { action: 'put' }],
    });
    expect((await run(['rules', 'list'])).stdout).toMatch(/A-3\s+Hansa Süd\s+1\s+active\s+own\s+1/);
  });

  it('warns of names that a rung of a ladder means and that fit nobody', async () => {
    const ladder = [{ fallback: { role: 'purchasing_managr', in: 'company' } }, { fallback: { person: 'P-78' } }];
    const stages = [{ approvers: [{ superior: 1 }], clock: { escalateAfter: '1 business day' }, ladder }];
    const rules = JSON.stringify({ mode: 'own', rules: [{ name: 'All', effect: 'require', when: {}, stages }] });
    const { stdout } = await run(['rules', 'put', 'A-1', 'rules.json', '--draft', '--json'], { 'rules.json': rules });
    expect(JSON.parse(stdout).warnings).toEqual([
      expect.stringContaining('no person of the company is called "P-78"'),
      'nobody active in the company has the role "purchasing_managr"',
    ]);
  });

  it('warns of superiors who name each other in a circle, with the circle', async () => {
    const circle = 'superiors name each other in a circle: Ines Paulsen -> Maren Timm -> Ines Paulsen';
    await setup.alter('P-4', { superior_id: setup.id('P-3') });
    try {
      const { stderr, stdout } = await run(['rules', 'put', 'B-1', 'rules.json', '--json'], { 'rules.json': '{"mode":"inherit"}' });
      expect([stderr, JSON.parse(stdout).warnings]).toEqual([expect.not.stringContaining('circle'), []]);
      const put = await run(['rules', 'put', 'A-1', 'rules.json', '--draft'], { 'rules.json': '{"mode":"own"}' });
      expect(put).toMatchObject({ code: 0, stderr: expect.stringContaining(circle) });
    } finally {
      await setup.alter('P-4', { superior_id: null });
    }
  });

  it('keeps a draft until it is activated', async () => {
    const put = await run(['rules', 'put', 'A-2', 'rules.json', '--draft', '--json'], { 'rules.json': '{"mode":"inherit"}' });
    expect(JSON.parse(put.stdout)).toMatchObject({ version: 1, state: 'draft' });
    expect((await run(['rules', 'list'])).stdout).toMatch(/A-2\s+Hansa Nord\s+1\s+draft/);
    expect((await run(['rules', 'activate', 'A-2', '1'])).code).toBe(0);
    expect(JSON.parse((await run(['rules', 'show', 'A-2', '1', '--json'])).stdout)).toMatchObject({ version: 1, state: 'active' });
    expect((await run(['rules', 'show', 'A-2', '2'])).stderr).toContain('Hansa Nord has no version 2 of its rules');
  });

  it('names every problem of a file with its line and what is allowed', async () => {
    const wrong = RULES.replace('gt:', 'moreThan:').replace('in: unit', 'in: house').replace('amount: 10', 'amount: ten');
    const put = await run(['rules', 'put', 'A-3', 'rules.yaml'], { 'rules.yaml': wrong });
    expect(put.stderr).toContain('RULES_INVALID');
    expect(put.stderr).toMatch(/rules.yaml:6:\d+: "moreThan" is not known in rules.0.when.orderTotal; .*gt, gte, lt, lte, eq/);
    expect(put.stderr).toMatch(
      /rules.yaml:8:\d+: rules.0.stages.0.approvers.0.in has a value that is not allowed; .*unit, subtree, company/,
    );
    expect(put.stderr).toMatch(/rules.yaml:13:\d+: limits.buy.people.P-77.amount must be a number/);
    expect(put.code).not.toBe(0);
  });

  it('says of a span without its kind what it must say, also where a list of them may stand', async () => {
    const stages = '    stages:\n      - approvers: [{ role: approver, in: unit }]';
    const clocked = RULES.replace(stages, `${stages}\n        clock: { remindAfter: 2 days, escalateAfter: 2 days }`);
    const { stderr } = await run(['rules', 'put', 'A-3', 'rules.yaml'], { 'rules.yaml': clocked });
    const counted = 'must say what is counted: "2 business days" or "2 calendar days"';
    expect(stderr).toContain(`rules.0.stages.0.clock.remindAfter ${counted}`);
    expect(stderr).toContain(`rules.0.stages.0.clock.escalateAfter ${counted}`);
  });

  it('names the line of what is no YAML, and a file that is not there', async () => {
    const broken = await run(['rules', 'put', 'A-3', 'rules.yaml', '--json'], { 'rules.yaml': 'mode: [own' });
    expect(JSON.parse(broken.stderr).error).toMatchObject({ code: 'RULES_INVALID', message: expect.stringContaining('rules.yaml:1:') });
    expect((await run(['rules', 'put', 'A-3', 'none.yaml'])).stderr).toContain('none.yaml cannot be read: there is no such file');
  });

  it('tells what rules would have said about past orders', async () => {
    setup.clock.now = new Date();
    await setup.place({ euros: 2000, account: 'A-2' });
    await setup.place({ euros: 20, account: 'A-2' });
    const tested = await run(['rules', 'test', 'rules.yaml', '--account', 'A-2', '--orders', 'last-30-days'], { 'rules.yaml': RULES });
    expect(tested.stdout).toMatch(/EUR 2,000.00\s+released\s+require\s+approver of the unit: Jens Brandt\s+"Large orders" of Hansa Nord/);
    expect(tested.stdout).toMatch(/2 orders since .*: 0 bypass, 1 allow, 0 warn, 1 require, 0 deny/);
    const wrong = await run(['rules', 'test', 'rules.yaml', '--account', 'A-2', '--orders', 'lately'], { 'rules.yaml': RULES });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('last-90-days') });
  });
});
