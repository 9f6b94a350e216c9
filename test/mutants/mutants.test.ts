/** Proves the suite: every fault is found by the check that is meant for it. That a connector without faults passes is test/connectors/template.test.ts. */
import { describe, expect, it } from 'vitest';
import { CHECKS, findingsOf } from '../contract/index.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { orderMutants } from './order-mutants.ts';
import { readingMutants } from './reading-mutants.ts';
import { recordMutants } from './record-mutants.ts';

const mutants = [...readingMutants, ...recordMutants, ...orderMutants];

const named = (name: string) => CHECKS.find((check) => check.name === name);
const cases = mutants.flatMap((mutant) => [mutant.caughtBy].flat().map((check) => ({ ...mutant, check })));

describe('the suite catches a connector that', () => {
  it.each(cases.map((one) => [one.name, one.check, one] as const))(
    '%s: it %s',
    async (_, name, { connector, entity = 'account', stage }) => {
      const check = named(name);
      const context = { connector, stage: { dialect: templateDialect, ...stage }, entity };
      const findings = check && check.applies?.(context) !== false ? await findingsOf(check, context) : [];
      expect(findings).not.toEqual([]);
      // A fault is found, not stumbled over.
      expect(findings.filter((finding) => finding.startsWith('it threw'))).toEqual([]);
    },
  );
});

it('has at least fifteen faults, and one for every check', () => {
  const idle = CHECKS.filter(({ name }) => !cases.some(({ check }) => check === name)).map(({ name }) => name);
  expect(mutants.length).toBeGreaterThanOrEqual(15);
  expect(idle).toEqual([]);
});
