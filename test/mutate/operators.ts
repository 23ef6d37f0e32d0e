import ts from 'typescript';

import { alternativesIn } from './alternatives.js';

/** One change to a file: `text` in place of what stands from `start` to `end`. */
export interface Mutant {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Change = readonly [node: ts.Node, text: string];
type Operator = (node: ts.Node, source: ts.SourceFile) => readonly Change[];

const swapped = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
]);

/** Calls whose result is as good without them, as far as types go. */
const passedThrough = new Set(['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice', 'trim']);

const everyRole = "'channel', 'importer', 'department', 'operator'";

const isTrue = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.TrueKeyword;
const isFalse = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.FalseKeyword;

const bodyOf = (node: ts.Node): ts.Block | null =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && ts.isBlock(node.body)
    ? node.body
    : null;

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const hasEffect = (node: ts.Expression): boolean =>
  ts.isCallExpression(node) ||
  ts.isAwaitExpression(node) ||
  ts.isVoidExpression(node) ||
  ts.isPostfixUnaryExpression(node) ||
  ts.isPrefixUnaryExpression(node) ||
  ts.isDeleteExpression(node) ||
  (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind));

const operators: Readonly<Record<string, Operator>> = {
  'another operator': (node) => {
    if (!ts.isBinaryExpression(node)) return [];
    const other = swapped.get(node.operatorToken.kind);
    return other === undefined ? [] : [[node.operatorToken, other]];
  },
  'always the default': (node, source) =>
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
      ? [[node, node.right.getText(source)]]
      : [],
  'the other way round': (node, source) => {
    if (ts.isConditionalExpression(node)) return [[node.condition, `!(${node.condition.getText(source)})`]];
    return ts.isIfStatement(node) ? [[node.expression, `!(${node.expression.getText(source)})`]] : [];
  },
  'never so': (node) =>
    ts.isIfStatement(node) && !isFalse(node.expression) ? [[node.expression, 'false']] : [],
  'without not': (node, source) =>
    ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken
      ? [[node, node.operand.getText(source)]]
      : [],
  'left out': (node) => (ts.isExpressionStatement(node) && hasEffect(node.expression) ? [[node, ';']] : []),
  'returns at once': (node) => {
    const [first] = bodyOf(node)?.statements ?? [];
    return first === undefined ? [] : [[first, 'return;']];
  },
  'another truth': (node) => (isTrue(node) ? [[node, 'false']] : isFalse(node) ? [[node, 'true']] : []),
  'another number': (node, source) => {
    if (!ts.isNumericLiteral(node)) return [];
    const value = Number(node.getText(source).replaceAll('_', ''));
    return [[node, String(value === 1 ? 0 : value + 1)]];
  },
  'another word': (node, source) =>
    ts.isStringLiteral(node) ? alternativesIn(source, node).map((word) => [node, `'${word}'`] as const) : [],
  'empty list': (node) =>
    ts.isArrayLiteralExpression(node) && node.elements.length > 0 ? [[node, '[]']] : [],
  'not awaited': (node, source) =>
    ts.isAwaitExpression(node) ? [[node, node.expression.getText(source)]] : [],
  'without decorator': (node) => (ts.isDecorator(node) ? [[node, '']] : []),
  'open to every role': (node) =>
    ts.isDecorator(node) &&
    ts.isCallExpression(node.expression) &&
    ts.isIdentifier(node.expression.expression) &&
    node.expression.expression.text === 'Roles'
      ? [[node, `@Roles(${everyRole})`]]
      : [],
  'without the call': (node, source) =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    passedThrough.has(node.expression.name.text)
      ? [[node, node.expression.expression.getText(source)]]
      : [],
};

export const operatorNames: readonly string[] = Object.keys(operators);

/** Parts of a file that do nothing when it runs. */
const isIdle = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node); // prettier-ignore

/** Every single change to a file of TypeScript, in the order of the text. */
export const mutantsOf = (text: string): readonly Mutant[] => {
  const source = ts.createSourceFile('given.ts', text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isIdle(node)) return;
    for (const [operator, change] of Object.entries(operators))
      for (const [at, replacement] of change(node, source))
        found.push({ operator, start: at.getStart(source), end: at.getEnd(), text: replacement });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end);
};

export const applied = (text: string, { start, end, text: replacement }: Mutant): string =>
  text.slice(0, start) + replacement + text.slice(end);

/** Line of a place in a text, from 1. */
export const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;
