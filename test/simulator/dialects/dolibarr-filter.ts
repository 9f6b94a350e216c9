/** Dolibarr's filter language: `((t.ref:like:'SO-%') or (t.rowid:>:5)) and (t.tms:>=:'2026-11-21 00:00:00')`. */

export class BadFilter extends Error {}

export type Columns = Readonly<Record<string, string | number | null>>;
type Test = (row: Columns) => boolean;

/** A value reaches to the bracket that closes it: none may hold one. */
const CRITERION = /^\(([^:'()]+):([^:'()]+):([^()]+)\)/;

export function parseSqlFilters(text: string): Test {
  let rest = text.trim();
  const eat = (what: RegExp): RegExpExecArray | null => {
    const found = what.exec(rest);
    if (found) rest = rest.slice(found[0].length).trimStart();
    return found;
  };
  const or = (): Test => {
    let left = and();
    while (eat(/^or\b/i)) {
      const [first, second] = [left, and()];
      left = (row) => first(row) || second(row);
    }
    return left;
  };
  const and = (): Test => {
    let left = one();
    while (eat(/^and\b/i)) {
      const [first, second] = [left, one()];
      left = (row) => first(row) && second(row);
    }
    return left;
  };
  const one = (): Test => {
    const criterion = eat(CRITERION);
    if (criterion) return testOf(criterion[1] ?? '', criterion[2] ?? '', criterion[3] ?? '');
    if (!eat(/^\(/)) throw new BadFilter(`Error when validating parameter sqlfilters -> Bad syntax of the search string ${text}`);
    const inner = or();
    if (!eat(/^\)/)) throw new BadFilter(`Error when validating parameter sqlfilters -> Bad syntax of the search string ${text}, brackets`);
    return inner;
  };
  const test = or();
  if (rest !== '') throw new BadFilter(`Error when validating parameter sqlfilters -> Bad syntax of the search string ${text}`);
  return test;
}

function testOf(operand: string, operator: string, written: string): Test {
  const column = operand.trim().replace(/^t\./, '');
  const value = written.trim().replace(/^'(.*)'$/, '$1');
  return (row) => {
    const there = row[column];
    if (there === undefined) throw new BadFilter(`Error when retrieve list : Unknown column '${operand}' in 'where clause'`);
    if (there === null) return false;
    const order = typeof there === 'number' ? there - Number(value) : compareTexts(there, value);
    switch (operator.trim()) {
      case '=':
        return order === 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      default:
        throw new BadFilter(`Error when retrieve list : You have an error in your SQL syntax near '${operator}'`);
    }
  };
}

/** utf8_unicode_ci: without case, and without blanks at the end. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [a.trimEnd().toLowerCase(), b.trimEnd().toLowerCase()];
  return left === right ? 0 : left < right ? -1 : 1;
}
