import './needs-node.js';

import { readConfig } from './config.js';
import { tellFirstKey, type FirstKeyNews } from './first-key.js';
import { startProcess, type RunningProcess } from './process.js';
import { startFault } from './start-fault.js';

const greeting = ({ url, managementUrl }: RunningProcess, { lines, inShell }: FirstKeyNews): string => `
311 is ready: ${url}
${lines === '' ? '' : `\n${lines}`}
Report a pothole:
  curl -s ${url}/events -H 'authorization: Bearer ${inShell}' -H 'content-type: application/cloudevents+json' -d '{
    "specversion": "1.0", "id": "1", "source": "urn:try", "type": "city311.report.submitted.v1",
    "data": { "serviceCode": "REQPOTHL", "description": "Deep hole in the right lane",
              "location": { "latitude": 42.3479, "longitude": -71.0745, "address": "700 Boylston St" } } }'
See it:  ${url}/api/cases/<case number from the answer>
Figures and health, for operators: ${managementUrl}/metrics and /health/ready
`;

try {
  const config = readConfig();
  const running = await startProcess(config, (error) => {
    process.stderr.write(
      `the background thread broke, so the process ends: ${error.stack ?? error.message}\n`,
    );
    process.exit(1);
  });
  process.stdout.write(greeting(running, tellFirstKey(config, running.firstKey)));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`could not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${startFault(error)}\n`);
  process.exit(1);
}
