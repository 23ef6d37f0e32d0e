/** The part of PromQL that our rules and dashboards are written in. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'selector';
      readonly metric: string;
      readonly matchers: readonly Matcher[];
      readonly rangeSeconds: number | null;
    }
  | { readonly kind: 'call'; readonly function: CallName; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly operator: AggregateName;
      readonly by: readonly string[];
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const calls = ['rate', 'increase', 'histogram_quantile', 'clamp_min'] as const;
export type CallName = (typeof calls)[number];
const aggregates = ['sum', 'max', 'min', 'count'] as const;
export type AggregateName = (typeof aggregates)[number];

/** Weakest first; those of one row bind alike. */
const rows = [['or'], ['and', 'unless'], ['==', '!=', '>', '<', '>=', '<='], ['+', '-'], ['*', '/']] as const;
export type BinaryOperator = (typeof rows)[number][number];

const token =
  /\s*(\d+(?:\.\d+)?(?:[smhd])?|[a-zA-Z_:][\w:]*|"(?:[^"\\]|\\.)*"|[=!]~|[=!><]=|[-+*/(){}[\],=<>])/y;
const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

const tokensOf = (text: string): readonly string[] => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (token.lastIndex < trimmed.length) {
    const at = token.lastIndex;
    const found = token.exec(trimmed)?.[1];
    if (found === undefined) throw new SyntaxError(`cannot read ${trimmed.slice(at)}`);
    tokens.push(found);
  }
  return tokens;
};

const isOneOf = <Name extends string>(names: readonly Name[], word: string): word is Name =>
  names.some((name) => name === word);

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  whole(): Expression {
    const expression = this.#binary(0);
    if (this.#at < this.tokens.length) throw new SyntaxError(`did not expect ${this.#peek()}`);
    return expression;
  }

  #peek(): string {
    return this.tokens[this.#at] ?? '';
  }

  #next(): string {
    const found = this.#peek();
    if (found === '') throw new SyntaxError('ends too soon');
    this.#at += 1;
    return found;
  }

  #take(expected: string): void {
    const found = this.#next();
    if (found !== expected) throw new SyntaxError(`expected ${expected}, found ${found}`);
  }

  #has(expected: string): boolean {
    if (this.#peek() !== expected) return false;
    this.#at += 1;
    return true;
  }

  #binary(row: number): Expression {
    const operators: readonly BinaryOperator[] | undefined = rows[row];
    if (operators === undefined) return this.#primary();
    let left = this.#binary(row + 1);
    for (let found = this.#peek(); isOneOf(operators, found); found = this.#peek()) {
      this.#at += 1;
      left = { kind: 'binary', operator: found, left, right: this.#binary(row + 1) };
    }
    return left;
  }

  #primary(): Expression {
    const word = this.#next();
    if (/^\d/.test(word)) return { kind: 'number', value: Number(word) };
    if (word === '(') {
      const inner = this.#binary(0);
      this.#take(')');
      return inner;
    }
    if (isOneOf(aggregates, word)) {
      const by = this.#has('by') ? this.#labels() : [];
      this.#take('(');
      const of = this.#binary(0);
      this.#take(')');
      return { kind: 'aggregate', operator: word, by, of };
    }
    if (isOneOf(calls, word)) {
      this.#take('(');
      const args = [this.#binary(0)];
      while (this.#has(',')) args.push(this.#binary(0));
      this.#take(')');
      return { kind: 'call', function: word, args };
    }
    if (!/^[a-zA-Z_:]/.test(word) || this.#peek() === '(') throw new SyntaxError(`do not know ${word}`);
    return { kind: 'selector', metric: word, matchers: this.#matchers(), rangeSeconds: this.#range() };
  }

  #labels(): readonly string[] {
    this.#take('(');
    const labels = [this.#next()];
    while (this.#has(',')) labels.push(this.#next());
    this.#take(')');
    return labels;
  }

  #matchers(): readonly Matcher[] {
    const matchers: Matcher[] = [];
    if (!this.#has('{')) return matchers;
    while (!this.#has('}')) {
      const [label, operator, value] = [this.#next(), this.#next(), this.#next()];
      if (!isOneOf(['=', '!=', '=~', '!~'], operator)) throw new SyntaxError(`no matcher: ${operator}`);
      matchers.push({ label, operator, value: JSON.parse(value) as string });
      this.#has(',');
    }
    return matchers;
  }

  #range(): number | null {
    if (!this.#has('[')) return null;
    const [, count, unit] = /^(\d+)([smhd])$/.exec(this.#next()) ?? [];
    this.#take(']');
    if (count === undefined || unit === undefined) throw new SyntaxError('a range needs a duration');
    return Number(count) * seconds[unit as keyof typeof seconds];
  }
}

/** @throws SyntaxError  not PromQL, or of a part of it that we do not use */
export const parsePromql = (text: string): Expression => new Parser(tokensOf(text)).whole();

/** Names of all metrics that an expression reads. */
export const metricsOf = (expression: Expression): readonly string[] => {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'selector':
      return [expression.metric];
    case 'call':
      return expression.args.flatMap(metricsOf);
    case 'aggregate':
      return metricsOf(expression.of);
    case 'binary':
      return [...metricsOf(expression.left), ...metricsOf(expression.right)];
  }
};
