export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one look at /metrics showed. */
export interface Scrape {
  /** Seconds since any fixed moment. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

const labelsOf = (text = ''): Record<string, string> =>
  Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, value]));

const valueOf = (text: string): number =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);

/** Samples of a Prometheus text. @throws SyntaxError  a line is none */
export const parseMetrics = (text: string): readonly Sample[] =>
  text
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))
    .map((each) => {
      const [, name, labels, value] = line.exec(each) ?? [];
      if (name === undefined || value === undefined) throw new SyntaxError(`not a sample: ${each}`);
      return { name, labels: labelsOf(labels), value: valueOf(value) };
    });

/** Metrics that the text declares, with or without samples. */
export const declaredIn = (text: string): readonly string[] =>
  [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);

/** One look at a management port; where nobody answers, Prometheus itself notes `up` as 0. */
export const scrape = async (url: string, job = 'city311'): Promise<Scrape> => {
  const at = performance.now() / 1_000;
  const up = (value: number): Sample => ({ name: 'up', labels: { job, instance: url }, value });
  try {
    const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(10_000) });
    return { at, samples: [...parseMetrics(await answer.text()), up(1)] };
  } catch {
    return { at, samples: [up(0)] };
  }
};
