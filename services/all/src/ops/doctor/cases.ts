import { lookAtCases } from '../cases/look.js';
import type { OpsEngines } from '../open.js';
import { note, warning, type Finding } from './finding.js';

const enoughMs = 40_000;
const mostTold = 5;
const mostKept = 1_000;

/** Cases of the log that nobody works on. @param deep  all of them, however long that takes */
export const checkCases = async (engines: OpsEngines, deep: boolean): Promise<readonly Finding[]> => {
  const { looked, whole, unreadable, stranded, moving } = await lookAtCases(engines, {
    most: mostKept,
    ...(deep ? {} : { enoughMs }),
  });
  const told = stranded.flatMap(({ breaches }) => breaches.slice(0, 1)).slice(0, mostTold);
  const count = `${stranded.length}${whole ? '' : ' or more'}`;
  return [
    ...(stranded.length === 0
      ? []
      : [
          warning(
            `${count} case(s) are stranded${moving === null ? '' : `, while ${moving}`}: ${told.map(({ says }) => says).join('; ')}${stranded.length > told.length ? '; …' : ''}`,
            'npm run ops -- cases check tells all of them, npm run ops -- cases mend mends them',
          ),
        ]),
    ...(unreadable.length === 0
      ? []
      : [
          note(
            `${unreadable.length} case(s) hold events that this program cannot read, the first ${unreadable[0] ?? ''}: whether they are stranded is not known`,
            'run the version that wrote them, or a later one',
          ),
        ]),
    ...(whole || stranded.length > 0
      ? []
      : [
          note(
            `${looked} cases were looked at in ${enoughMs / 1_000} s, and there are more`,
            'npm run ops -- cases check looks at all of them',
          ),
        ]),
  ];
};
