import ts from 'typescript';

const known = new WeakMap<ts.SourceFile, readonly (readonly string[])[]>();

/** Unions of words that the file declares: `'open' | 'closed'`. */
const unionsOf = (source: ts.SourceFile): readonly (readonly string[])[] => {
  const before = known.get(source);
  if (before !== undefined) return before;
  const unions: string[][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isUnionTypeNode(node)) {
      const words = node.types.flatMap((type) =>
        ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [],
      );
      if (words.length > 1) unions.push(words);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  known.set(source, unions);
  return unions;
};

/** A word that the file's own types allow in place of this one, one for each union that it is of. */
export const alternativesIn = (source: ts.SourceFile, { text }: ts.StringLiteral): readonly string[] => {
  const found = unionsOf(source).flatMap((words) => {
    const at = words.indexOf(text);
    const other = at < 0 ? undefined : words[(at + 1) % words.length];
    return other === undefined ? [] : [other];
  });
  return [...new Set(found)];
};
