/**
 * How a spreadsheet knows a formula: a sign at the beginning, full width and small forms among them, perhaps behind
 * blanks; or a tab or line break there.
 * Source: OWASP, "CSV Injection".
 */
const live =
  /^'*(?:[\t\r\n]|[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]*[=+\-@＝＋－＠﹦﹢﹣﹫])/u;

/** The cell as text for a CSV that may be opened in a spreadsheet: one apostrophe before what would be a formula. */
export const guardedCell = (text: string): string => (live.test(text) ? `'${text}` : text);

/** The text of a guarded cell, to the letter. */
export const unguardedCell = (cell: string): string =>
  cell.startsWith("'") && live.test(cell) ? cell.slice(1) : cell;
