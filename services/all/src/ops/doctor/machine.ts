import { readFileSync } from 'node:fs';

import { fault, warning, type Finding } from './finding.js';

/** As package.json asks for. */
const leastNode = [22, 22] as const;
const leastFiles = 4_096;

/** Whether this Node can run the services at all. */
export const checkNode = (version = process.versions.node): readonly Finding[] => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = leastNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return [];
  return [
    fault(
      `Node ${version} is too old`,
      `install Node ${wantedMajor}.${wantedMinor} or newer; npm run uses the one in node_modules`,
    ),
  ];
};

const limits = (): string => {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
};

const checkOpenFiles = (table: string): readonly Finding[] => {
  const soft = Number(/^Max open files\s+(\d+)/m.exec(table)?.[1] ?? Infinity);
  if (soft >= leastFiles) return [];
  return [
    warning(
      `only ${soft} files and connections may be open at once`,
      `raise the limit to ${leastFiles} or more: ulimit -n, LimitNOFILE= of the unit, or the container's ulimits`,
    ),
  ];
};

/** What the machine gives a process: the version of Node, open files. */
export const checkMachine = (version = process.versions.node, table = limits()): readonly Finding[] => [
  ...checkNode(version),
  ...checkOpenFiles(table),
];
