import { expect, it } from 'vitest';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { mergeStages } from '../../src/domain/policy/merge-stages.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';
import type { Selector } from '../../src/domain/policy/selector-schema.ts';
import { sayStage } from '../../src/domain/policy/stage-schema.ts';
import { chooseCatalogue } from '../../src/notify/catalogue.ts';
import { loadMailKit } from '../../src/notify/mail-kit.ts';
import { sampleMatter } from '../../src/notify/samples.ts';
import { tellAsk } from '../../src/notify/tell/approvals.ts';
import { sayStep } from '../../src/notify/tell/step-words.ts';
import { tongueOf } from '../../src/notify/tongue.ts';

const { catalogues } = await loadMailKit({ mail: DEFAULT_MAIL, baseFolder: '/' });
const speak = (locale: string) => tongueOf(chooseCatalogue(catalogues, [locale]), { locale, zone: 'Europe/Berlin' });

const SELECTORS: ReadonlyArray<readonly [Selector, string]> = [
  [{ kind: 'budgetOwner', owner: { kind: 'unit', id: '1' } }, 'verantwortlich für das Budget der Einheit'],
  [{ kind: 'budgetOwner', owner: { kind: 'cost_centre', code: '4100' } }, 'verantwortlich für das Budget der Kostenstelle'],
  [{ kind: 'superior', level: 1 }, 'vorgesetzte Person'],
  [{ kind: 'superior', level: 2 }, 'vorgesetzte Person, Stufe 2'],
  [{ kind: 'role', role: 'approver', area: 'subtree' }, 'approver der Einheit und der Einheiten darunter'],
  [{ kind: 'person', person: 'P-17' }, 'Person P-17'],
  [{ kind: 'costCentreOwner' }, 'verantwortlich für die Kostenstelle'],
  [{ kind: 'accountManager' }, 'Kundenbetreuung'],
];
const stepOf = (selector: Selector, mode: 'any' | 'all' = 'any') => {
  const approvers = [selector];
  return { name: sayStage({ mode, approvers }), mode, needed: 1, approvers };
};

it('says a step without a name in the language of the reader, and in English as the command line does', () => {
  for (const [selector, german] of SELECTORS) {
    expect(sayStep(stepOf(selector), speak('de'))).toBe(german);
    expect(sayStep(stepOf(selector), speak('en'))).toBe(stepOf(selector).name);
    expect(sayStep(stepOf(selector, 'all'), speak('en'))).toBe(stepOf(selector, 'all').name);
  }
});

it('says a step of several without a name, in whatever order its rule writes them', () => {
  const stages = [{ approvers: [{ superior: 1 }, { person: 'P-17' }] }];
  const [rule] = policySchema.parse({ mode: 'own', rules: [{ name: 'All', effect: 'require', when: {}, stages }] }).rules;
  const cause = { accountId: '1', version: 1, rule: 'All' };
  const [planned] = mergeStages([{ cause, depth: 0, priority: 0, stages: rule?.stages ?? [] }]);
  if (!planned) throw new Error('no stage was planned');
  const { name, mode, approvers } = planned;
  expect(sayStep({ name, mode, needed: 1, approvers }, speak('de'))).toBe('Person P-17 und vorgesetzte Person');
});

it('tells budgets and limits that ask in the language of the reader, and leaves names of rules alone', () => {
  const matter = sampleMatter('approval.asked');
  const step = matter.step && { ...matter.step, name: 'Einkauf', rules: ['budget NORD', 'buy limit', 'Large orders'] };
  const { item } = tellAsk({ ...matter, step }, speak('de'));
  expect(item.lists[0]?.entries).toEqual(['Budget NORD', 'Einkaufsgrenze', 'Large orders']);
  expect(item.facts.find(({ label }) => label === 'Schritt')?.value).toBe('Einkauf');
});
