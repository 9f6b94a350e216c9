/** `kontor budgets drift`: what the ledger committed beside what the ERP's documents say, and which documents make the difference. */
import { type Command, Option } from 'commander';
import { type DriftLine, holdsErpOrders, loadDrift, type PeriodDrift } from '../../store/budgets/drift.ts';
import { requireBudget } from '../../store/budgets/find-budget.ts';
import type { App } from '../app.ts';
import { civilDay, withExamples } from '../arguments.ts';
import { formatMoney } from '../format.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addDriftCommand(budgets: Command, app: App): void {
  const command = budgets
    .command('drift')
    .description("what budgets committed beside what the ERP's documents say, with the documents that explain the difference")
    .argument('[code]', 'only this budget')
    .addOption(new Option('--on <date>', 'only the periods of this day (YYYY-MM-DD)').argParser(civilDay))
    .option('--all', 'also what agrees')
    .action(async (code: string | undefined, { on, all = false }: { on?: string; all?: boolean }) => {
      const { db } = await app.store(await app.settings([]));
      const budgetId = code === undefined ? undefined : (await requireBudget(db, code)).id;
      const drift = (await loadDrift(db, { budgetId, on }))
        .map((period) => driftOf(period, all))
        .filter(({ lines }) => all || lines.length > 0);
      if (drift.length > 0 && !(await holdsErpOrders(db)))
        app.out.hint('note: no order of the ERP has been pulled; add `document` to the entities of its connection, and pull it');
      app.out.answer({ drift }, drawDrift);
    });
  withExamples(command, ['kontor budgets drift', 'kontor budgets drift NORD-2026 --on 2026-11-30 --all']);
}

interface Explained extends DriftLine {
  /** In the budget's currency; `null`: the documents are in another, and say something else. */
  readonly difference: number | null;
}

interface Drift extends Omit<PeriodDrift, 'lines'> {
  /** What the documents come to, without those in another currency that say something else than the ledger. */
  readonly told: number;
  readonly lines: readonly Explained[];
}

function driftOf(period: PeriodDrift, all: boolean): Drift {
  const { currency } = period;
  const lines = period.lines.map((line): Explained => {
    return { ...line, difference: differenceOf(line, currency) };
  });
  const told = lines.reduce((sum, { ledger, difference, erp }) => sum + (difference === 0 ? ledger : (erp[currency] ?? 0)), 0);
  return { ...period, told, lines: all ? lines : lines.filter(({ difference }) => difference !== 0) };
}

function differenceOf({ ledger, told, erp }: DriftLine, currency: string): number | null {
  const [other, ...more] = Object.keys(erp).filter((one) => one !== currency);
  if (other === undefined) return ledger - (erp[currency] ?? 0);
  // Converted by the rate of its day, it agrees where the amounts before that do.
  const isSame = more.length === 0 && !erp[currency] && told?.currency === other && told.amount === erp[other];
  return isSame ? 0 : null;
}

const WORDS: Readonly<Record<DriftLine['kind'], string>> = {
  ours: 'is another amount there',
  missing: 'has no document there',
  outside: 'was ordered elsewhere',
};

function* drawDrift({ drift }: { drift: readonly Drift[] }, { paint }: Terminal): Generator<string> {
  if (drift.length === 0) yield 'the ledger and the documents of the ERP agree';
  for (const { code, name, period, currency, committed, told, actualsSource, lines } of drift) {
    yield `${paint.bold(`${plain(code)} ${period}`)}  ${plain(name)}`;
    yield `  committed ${formatMoney(committed, currency)}, documents ${formatMoney(told, currency)} net (counts: ${actualsSource})`;
    for (const { kind, externalKey, documents, ledger, erp, difference } of lines) {
      const there = Object.entries(erp).map(([one, total]) => formatMoney(total, one)).join(' and ') || 'nothing'; // biome-ignore format: one chain
      const what = plain([externalKey, documents.join(', ')].filter(Boolean).join('  '));
      const apart =
        difference === null ? 'in another currency' : difference === 0 ? 'agrees' : `difference ${formatMoney(difference, currency)}`;
      yield `  ${what}: ledger ${formatMoney(ledger, currency)}, ERP ${there}; ${difference === 0 ? apart : `${apart}; it ${WORDS[kind]}`}`;
    }
  }
}
