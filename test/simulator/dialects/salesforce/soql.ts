/** As much of SOQL as can be asked here: select list with relations, where, order by, limit. It refuses what Salesforce refuses. */

export class SoqlError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number' | 'instant'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null'; readonly value: null };

export type Condition =
  | { readonly kind: 'and'; readonly of: readonly Condition[] }
  | { readonly kind: 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: string; readonly to: readonly Literal[] };

export interface Query {
  readonly select: readonly string[];
  readonly from: string;
  readonly where: Condition | undefined;
  readonly orderBy: ReadonlyArray<{ readonly field: string; readonly isDescending: boolean }>;
  readonly limit: number;
}

const TOKEN =
  /\s*('(?:[^'\\]|\\.)*'|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|<=|>=|!=|<>|[=<>(),])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '"': '"', '\\': '\\' };

export function parseSoql(text: string): Query {
  const parser = new Parser(tokensOf(text));
  const query = parser.query();
  parser.end();
  return query;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const whole = text.trimEnd();
  while (TOKEN.lastIndex < whole.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(whole)?.[1];
    if (token === undefined) throw malformed(whole.slice(at, at + 10));
    tokens.push(token);
  }
  return tokens;
}

function malformed(near: string | undefined): SoqlError {
  return new SoqlError('MALFORMED_QUERY', near === undefined ? 'unexpected end of query' : `unexpected token: '${near}'`);
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  query(): Query {
    this.#word('SELECT');
    const select = this.#list(() => this.#name());
    this.#word('FROM');
    const from = this.#name();
    const where = this.#has('WHERE') ? this.#conditions() : undefined;
    const orderBy = this.#has('ORDER') ? this.#order() : [];
    const limit = this.#has('LIMIT') ? Number(this.#take(/^\d+$/)) : Number.POSITIVE_INFINITY;
    return { select, from, where, orderBy, limit };
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw malformed(this.#tokens[this.#at]);
  }

  #order(): Query['orderBy'] {
    this.#word('BY');
    return this.#list(() => {
      const field = this.#name();
      const isDescending = this.#has('DESC');
      if (!isDescending) this.#has('ASC');
      return { field, isDescending };
    });
  }

  /** `a AND b OR c` is refused: each mixture needs brackets. */
  #conditions(): Condition {
    const first = this.#condition();
    for (const kind of ['and', 'or'] as const) {
      if (this.#peek()?.toLowerCase() !== kind) continue;
      const of = [first];
      while (this.#has(kind)) of.push(this.#condition());
      return { kind, of };
    }
    return first;
  }

  #condition(): Condition {
    if (this.#has('NOT')) return { kind: 'not', of: this.#condition() };
    if (this.#has('(')) {
      const inner = this.#conditions();
      this.#word(')');
      return inner;
    }
    const field = this.#name();
    if (this.#has('NOT')) return { kind: 'not', of: this.#in(field) };
    if (this.#peek()?.toUpperCase() === 'IN') return this.#in(field);
    const operator = this.#take(/^(?:=|!=|<>|<|<=|>|>=|LIKE)$/i);
    return { kind: 'compare', field, operator: operator === '<>' ? '!=' : operator.toUpperCase(), to: [this.#literal()] };
  }

  #in(field: string): Condition {
    this.#word('IN');
    this.#word('(');
    const to = this.#list(() => this.#literal());
    this.#word(')');
    return { kind: 'compare', field, operator: 'IN', to };
  }

  #literal(): Literal {
    const token = this.#take(/^(?:'.*|-?\d.*|true|false|null)$/is);
    if (token.startsWith("'")) return { kind: 'text', value: unescaped(token.slice(1, -1)) };
    if (/T/.test(token) && /^\d/.test(token)) return { kind: 'instant', value: Date.parse(token) };
    if (/^-?\d/.test(token)) return { kind: 'number', value: Number(token) };
    return /^null$/i.test(token) ? { kind: 'null', value: null } : { kind: 'boolean', value: /^true$/i.test(token) };
  }

  #list<T>(one: () => T): T[] {
    const all = [one()];
    while (this.#has(',')) all.push(one());
    return all;
  }

  #name(): string {
    return this.#take(/^[A-Za-z_]/);
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #has(word: string): boolean {
    if (this.#peek()?.toUpperCase() !== word.toUpperCase()) return false;
    this.#at += 1;
    return true;
  }

  #word(word: string): void {
    if (!this.#has(word)) throw malformed(this.#peek());
  }

  #take(pattern: RegExp): string {
    const token = this.#peek();
    if (token === undefined || !pattern.test(token)) throw malformed(token);
    this.#at += 1;
    return token;
  }
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => {
    const meant = ESCAPES[letter];
    if (meant === undefined) throw new SoqlError('MALFORMED_QUERY', `Illegal string literal: Invalid string literal '\\${letter}'`);
    return meant;
  });
}
