const declaration = '<?xml version="1.0" encoding="utf-8"?>';
/** What XML 1.0 may hold (section 2.2). */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const textOf = (raw: string): string => {
  if (/[<>]|&(?!(amp|lt|gt|quot|apos);)/.test(raw)) throw new Error(`not escaped: ${raw.slice(0, 80)}`);
  return raw.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? '');
};

/**
 * The elements of an Open311 answer, `<wrapper><element><member>text</member>…</element>…</wrapper>`, members by name.
 * @throws Error  anything that a strict reader of XML 1.0 would not read, or another form
 */
export const readXml = (xml: string): readonly Readonly<Record<string, string>>[] => {
  const bad = forbidden.exec(xml)?.[0];
  if (bad !== undefined)
    throw new Error(`U+${(bad.codePointAt(0) ?? 0).toString(16)} is no character of XML`);
  if (!xml.startsWith(declaration)) throw new Error('no declaration');
  const wrapped = /^<([a-z_]+)>(.*)<\/\1>$/s.exec(xml.slice(declaration.length));
  if (wrapped === null) throw new Error('no single root');
  const elements: Record<string, string>[] = [];
  let rest = wrapped[2] ?? '';
  while (rest !== '') {
    const element = /^<([a-z_]+)>(.*?)<\/\1>/s.exec(rest);
    if (element === null) throw new Error(`no element: ${rest.slice(0, 80)}`);
    elements.push(membersIn(element[2] ?? ''));
    rest = rest.slice(element[0].length);
  }
  return elements;
};

const membersIn = (inside: string): Record<string, string> => {
  const members: Record<string, string> = {};
  let rest = inside;
  while (rest !== '') {
    const member = /^<([a-z_]+)(?:\/>|>([^<]*)<\/\1>)/.exec(rest);
    if (member?.[1] === undefined) throw new Error(`no member: ${rest.slice(0, 80)}`);
    members[member[1]] = textOf(member[2] ?? '');
    rest = rest.slice(member[0].length);
  }
  return members;
};
