import { membersOf } from '../server/json.js';
import type { RawAnswer, RawRequest } from './raw-request.js';

/** Words of the inside that no answer may show: stack traces, SQL, paths of the machine. */
const inside = [
  /\bat [^\n"]{1,200}\.[cm]?[jt]s:\d+/,
  /node:internal|node_modules/,
  /sqlite/i,
  /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b/,
  /file:\/\//,
  /\/(home|root|tmp|usr|var|work)\//,
  /\b(TypeError|ReferenceError|RangeError|SyntaxError)\b/,
];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isFault = (fault: unknown): boolean => {
  const { path, message } = membersOf(fault);
  return typeof path === 'string' && typeof message === 'string' && message !== '';
};

/** What is wrong with the form of a refusal; Open311 has its own. */
const formFaults = ({ status, contentType, text }: RawAnswer, isOpen311: boolean): readonly string[] => {
  if (isOpen311) {
    if (contentType.startsWith('text/xml')) return text.includes('<errors>') ? [] : ['XML without errors'];
    const [first] = [parsed(text)].flat();
    const { code, description } = membersOf(first);
    if (typeof code === 'number' && typeof description === 'string') return [];
  }
  const body = membersOf(parsed(text));
  const faults = body['faults'];
  return [
    ...(contentType.startsWith('application/problem+json') ? [] : [`a refusal of type ${contentType}`]),
    ...(typeof body['type'] === 'string' && typeof body['title'] === 'string'
      ? []
      : ['no problem in the body']),
    ...(body['status'] === status ? [] : ['another status in the body']),
    ...(status !== 400 || (Array.isArray(faults) && faults.length > 0) || typeof body['detail'] === 'string'
      ? []
      : ['a 400 that does not say what is wrong']),
    ...(faults === undefined || (Array.isArray(faults) && faults.every(isFault))
      ? []
      : ['faults without path and message']),
  ];
};

/**
 * Everything that an answer must not be, whatever was sent; pure. A refusal shows nothing of the inside; what is
 * answered otherwise is what people once said.
 * @param saidBefore  texts that earlier requests left there
 */
export const complaintsOf = (
  sent: RawRequest,
  answer: RawAnswer,
  saidBefore: readonly string[] = [],
): readonly string[] => {
  const said = `${saidBefore.join(' ')} ${decoded(sent.path)} ${sent.body?.toString() ?? ''} ${JSON.stringify(sent.headers)}`;
  const leaks = (answer.status < 400 ? [] : inside).flatMap((pattern) => {
    const shown = pattern.exec(answer.text)?.[0];
    return shown === undefined || said.includes(shown) ? [] : [`shows the inside: ${shown}`];
  });
  const { status } = answer;
  return [
    ...(status >= 500 || status < 200 ? [`status ${status}`] : []),
    ...(status >= 400 && status < 500 ? formFaults(answer, sent.path.startsWith('/open311/')) : []),
    ...leaks,
  ];
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
