/**
 * How Node is started, wherever it runs the services. Half of what lives on the heap is garbage between two sweeps:
 * without a limit V8 lets it grow with the machine. What the services keep on purpose is bounded and takes about 150 MB.
 */
export const nodeFlags = ['--enable-source-maps', '--max-old-space-size=400', '--max-semi-space-size=24'];
