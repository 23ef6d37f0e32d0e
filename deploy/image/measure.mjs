/**
 * Prints how much the image adds to its base and how long a container takes from `docker run` to ready, on the embedded
 * engines with an empty folder, read-only and without capabilities: `node deploy/image/measure.mjs [image] [base]`.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const [image = 'city311', base = 'node:24-bookworm-slim'] = process.argv.slice(2);
const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
const port = '3199';
const runs = 5;

const bytes = (name) => Number(docker('image', 'inspect', '--format', '{{.Size}}', name));
const isReady = () =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

const startedIn = async () => {
  const from = performance.now();
  const container = docker(
    ...['run', '--detach', '--network', 'host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...['--env', 'HOST=127.0.0.1', '--env', `PORT=${port}`, image],
  );
  try {
    while (!(await isReady())) {
      if (performance.now() - from > 60_000) throw new Error(docker('logs', container));
      await pause(50);
    }
    return performance.now() - from;
  } finally {
    docker('stop', container);
    docker('rm', '--volumes', container);
  }
};

const times = [];
for (let run = 0; run < runs; run += 1) times.push(await startedIn());
times.sort((a, b) => a - b);
const seconds = (milliseconds) => `${(milliseconds / 1_000).toFixed(2)} s`;
process.stdout.write(
  `${image} above ${base}: ${((bytes(image) - bytes(base)) / 1e6).toFixed(1)} MB\n` +
    `start to ready: median ${seconds(times[Math.floor(runs / 2)])}, slowest ${seconds(times.at(-1))}, of ${runs}\n`,
);
