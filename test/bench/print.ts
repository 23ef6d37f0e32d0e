export const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const figure = (value: number, decimals = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
