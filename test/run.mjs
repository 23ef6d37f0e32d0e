import { ensureBuilt, run } from '../services/all/start.mjs';

const entries = {
  replay: 'test/dist/replay/main.js',
  simulate: 'test/dist/simulate/main.js',
  bench: 'test/dist/bench/main.js',
  cluster: 'test/dist/cluster/main.js',
  mutate: 'test/dist/mutate/main.js',
  'upgrade-keep': 'test/dist/upgrade/make.js',
  'city-import': 'libs/city/dist/src/import/main.js',
};

/** What needs more than the services do: the compiler holds the types of the whole project. */
const moreFlags = { mutate: ['--max-old-space-size=3072'] };

const [name = '', ...args] = process.argv.slice(2);
const entry = entries[name];
if (entry === undefined) {
  process.stderr.write(`usage: node test/run.mjs <${Object.keys(entries).join('|')}> [options]\n`);
  process.exitCode = 2;
} else {
  ensureBuilt();
  process.exitCode = await run(entry, args, moreFlags[name]);
}
