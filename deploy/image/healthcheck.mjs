/** Ends with 0 when the service of this container may be sent traffic. */
const port = process.env.MANAGEMENT_PORT ?? '9311';
const ready = await fetch(`http://127.0.0.1:${port}/health/ready`, {
  signal: AbortSignal.timeout(2_500),
}).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(ready ? 0 : 1);
