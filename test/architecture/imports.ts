/** What one source file asks for, read from its syntax tree: strings and comments that look like imports do not count. */
import { parseAst } from 'vitest/node';

export interface Import {
  /** As written: './x.ts', 'knex', 'node:fs'. `null` where it is computed and cannot be checked. */
  readonly from: string | null;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
  /** `thread`: the file is started as a worker thread, not loaded. */
  readonly how: 'import' | 'thread';
  readonly line: number;
}

type Node = { type: string; start: number } & Record<string, unknown>;

export function readImports(source: string, path = 'file.ts'): Import[] {
  const found: Import[] = [];
  const add = (node: Node, from: string | null, typeOnly = false, how: Import['how'] = 'import') =>
    found.push({ from, typeOnly, how, line: source.slice(0, node.start).split('\n').length });
  const tree = parseAst(source, { lang: path.endsWith('.js') ? 'js' : 'ts' });
  walk(tree as unknown as Node, (node) => {
    if (node.type === 'ImportDeclaration') add(node, literal(node.source), isTypeOnly(node, 'importKind'));
    if (node.type === 'ExportNamedDeclaration' && node.source) add(node, literal(node.source), isTypeOnly(node, 'exportKind'));
    if (node.type === 'ExportAllDeclaration') add(node, literal(node.source), node.exportKind === 'type');
    if (node.type === 'ImportExpression') add(node, literal(node.source));
    if (node.type === 'TSImportType') add(node, literal(node.source), true);
    if (node.type === 'CallExpression' && (node.callee as Node).name === 'threadEntry') {
      add(node, literal((node.arguments as Node[])[1]), false, 'thread');
    }
  });
  return found;
}

function isTypeOnly(node: Node, kind: 'importKind' | 'exportKind'): boolean {
  const specifiers = node.specifiers as Node[];
  return node[kind] === 'type' || (specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === 'type'));
}

function literal(node: unknown): string | null {
  const { type, value } = (node ?? {}) as { type?: string; value?: unknown };
  return type === 'Literal' && typeof value === 'string' ? value : null;
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of Object.values(node).flat()) {
    if (child && typeof child === 'object' && 'type' in child) walk(child as Node, visit);
  }
}
