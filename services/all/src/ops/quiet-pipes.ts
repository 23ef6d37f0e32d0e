interface Pipe {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * Whoever reads what a command says may stop: `ops … | head`. The command does its work all the same; only what it
 * would have said goes nowhere.
 */
export const letReadersLeave = (...pipes: readonly Pipe[]): void => {
  for (const pipe of pipes)
    pipe.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
};
