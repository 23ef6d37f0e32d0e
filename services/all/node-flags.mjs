/**
 * How Node is started, wherever it runs the services. Half of what lives on the heap is garbage between two sweeps:
 * without a limit V8 lets it grow with the machine. What each thread keeps on purpose is bounded and takes about
 * 100 MB. V8 helps itself to two more threads, not four: more of them take turns with those that answer. The Kafka
 * client asks for timeouts of less than nothing, which mean at once.
 */
export const nodeFlags = [
  '--enable-source-maps',
  '--max-old-space-size=256',
  '--max-semi-space-size=32',
  '--v8-pool-size=2',
  '--disable-warning=TimeoutNegativeWarning',
];
