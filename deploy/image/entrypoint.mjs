/**
 * First process of a container: the service that TARGET names, or with `ops …` an operators' command.
 * A first process has no default action for signals: until the service listens for them itself, this file does.
 */
const [command] = process.argv.slice(2);

const stopAtOnce = () => process.exit(143);

if (command === undefined) {
  process.on('SIGTERM', stopAtOnce);
  process.on('SIGINT', stopAtOnce);
  await import('../../services/all/dist/src/main.js');
  process.off('SIGTERM', stopAtOnce);
  process.off('SIGINT', stopAtOnce);
} else if (command === 'ops') {
  process.argv.splice(2, 1);
  await import('../../services/all/dist/src/ops/main.js');
} else {
  process.stderr.write(
    `no command ${command}: none starts the service that TARGET names, ops is for operators\n`,
  );
  process.exitCode = 2;
}
