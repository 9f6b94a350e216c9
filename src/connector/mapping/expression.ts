/** Expressions of the Common Expression Language over `row`, parsed and type-checked once. docs/decisions/0004 says why CEL. */
import { type ASTNode, Environment, EvaluationError, ParseError, TypeError as TypeFault } from '@marcbachmann/cel-js';
import { Refused } from './cell.ts';

export interface Expression {
  readonly source: string;
  /** Columns named in it; those only asked for by `in` or `has` may be missing. */
  readonly columns: ReadonlyArray<{ name: string; required: boolean }>;
  /** It looks at `row` as a whole, so every column has to be at hand. */
  readonly wantsAll: boolean;
  /** CEL's name of the result's type. */
  readonly type: string;
  /** Never throws. */
  evaluate(row: ReadonlyMap<string, string>): unknown;
}

const environment = new Environment({ limits: { maxAstNodes: 1_000, maxDepth: 50 } }).registerVariable('row', 'map<string, string>');

/** The expression, or a sentence that says what is wrong with it and where. */
export function parseExpression(source: string): Expression | string {
  try {
    const run = environment.parse(source);
    const checked = run.check();
    if (!checked.valid) return locate(source, checked.error);
    const use = columnsIn(run.ast);
    if (use.calls.has('matches'))
      return '`matches` is not offered: one value could keep a regular expression busy for hours; use contains, startsWith or `lookup`';
    return { source, columns: use.columns, wantsAll: use.wantsAll, type: checked.type ?? 'dyn', evaluate };

    function evaluate(row: ReadonlyMap<string, string>): unknown {
      try {
        return run({ row });
      } catch (error) {
        return new Refused(
          `the expression failed: ${error instanceof EvaluationError ? error.summary : String(error)}; guard it with a condition`,
        );
      }
    }
  } catch (error) {
    return locate(source, error);
  }
}

function locate(source: string, error: unknown): string {
  if (!(error instanceof ParseError || error instanceof TypeFault)) return String(error);
  const { range, summary } = error;
  return range ? `${summary}, at character ${range.start + 1} of ${source}` : `${summary}, in ${source}`;
}

interface Use {
  columns: Array<{ name: string; required: boolean }>;
  wantsAll: boolean;
  calls: Set<string>;
}

function columnsIn(ast: ASTNode): Use {
  const required = new Set<string>();
  const askedFor = new Set<string>();
  const use: Use = { columns: [], wantsAll: false, calls: new Set() };
  visit(ast, false);
  for (const name of new Set([...required, ...askedFor])) use.columns.push({ name, required: required.has(name) && !askedFor.has(name) });
  return use;

  function visit(node: ASTNode, guarded: boolean): void {
    const column = columnOf(node);
    if (column !== undefined) {
      (guarded || node.op === 'in' ? askedFor : required).add(column);
      return;
    }
    if (node.op === 'id' && node.args === 'row') use.wantsAll = true;
    const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
    if (name !== undefined) use.calls.add(name);
    for (const child of childrenOf(node.args)) visit(child, name === 'has');
  }
}

/** The column of `row["x"]`, `row.x` or `"x" in row`. */
function columnOf(node: ASTNode): string | undefined {
  if (node.op === '.') return isRow(node.args[0]) ? node.args[1] : undefined;
  if (node.op === '[]') return isRow(node.args[0]) ? literalOf(node.args[1]) : undefined;
  if (node.op === 'in') return isRow(node.args[1]) ? literalOf(node.args[0]) : undefined;
  return undefined;
}

function isRow(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'row';
}

function literalOf(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}
