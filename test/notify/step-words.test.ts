import { expect, it } from 'vitest';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
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

it('tells budgets and limits that ask in the language of the reader, and leaves names of rules alone', () => {
  const matter = sampleMatter('approval.asked');
  const step = matter.step && { ...matter.step, name: 'Einkauf', rules: ['budget NORD', 'buy limit', 'Large orders'] };
  const { item } = tellAsk({ ...matter, step }, speak('de'));
  expect(item.lists[0]?.entries).toEqual(['Budget NORD', 'Einkaufsgrenze', 'Large orders']);
  expect(item.facts.find(({ label }) => label === 'Schritt')?.value).toBe('Einkauf');
});
