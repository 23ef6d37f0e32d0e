import { describe, expect, it } from '@jest/globals';

import { ThreadMetrics } from '../metrics/thread-metrics.js';
import { Metrics } from './metrics.js';

const never = <Result>(): Promise<Result> => new Promise<Result>(() => undefined);
const ready = { waitingFor: async () => [] };
const lineOf = (text: string, start: string): string =>
  text.split('\n').find((line) => line.startsWith(start)) ?? 'no such line';

describe('/metrics', () => {
  it('puts the figures of both threads together', async () => {
    const [http, background] = [new ThreadMetrics('http'), new ThreadMetrics('background')];
    http.startAtZero(['Self Service']);
    background.startAtZero(['Self Service']);
    http.reportsAccepted.add('Self Service\tfalse', 2);
    background.notices.add('sent', 3);
    http.vault.observe({ operation: 'protect' }, 0.002);
    background.vault.observe({ operation: 'protect' }, 0.2);
    const figures = new Metrics(http, { metrics: () => background.snapshot() }, ready);
    const text = await figures.text();
    expect(lineOf(text, 'city311_reports_accepted_total{')).toBe(
      'city311_reports_accepted_total{channel="Self Service",imported="false"} 2',
    );
    expect(lineOf(text, 'city311_notices_total{outcome="sent"')).toMatch(/ 3$/);
    expect(lineOf(text, 'city311_vault_seconds_count')).toMatch(/ 2$/);
    expect(lineOf(text, 'city311_background_up')).toMatch(/ 1$/);
    expect(lineOf(text, 'city311_ready')).toMatch(/ 1$/);
    // What was counted stays counted.
    expect(await figures.text()).toContain('city311_notices_total{outcome="sent"} 3');
    http.close();
    background.close();
  });

  it('is answered without the background thread too, and says that it is silent and the process not ready', async () => {
    const http = new ThreadMetrics('http');
    const text = await new Metrics(http, { metrics: never }, { waitingFor: never }).text();
    expect(lineOf(text, 'city311_background_up')).toMatch(/ 0$/);
    expect(lineOf(text, 'city311_ready')).toMatch(/ 0$/);
    http.close();
  }, 15_000);

  it('says that the process is not ready while it waits for anything', async () => {
    const http = new ThreadMetrics('http');
    const metrics = new Metrics(
      http,
      { metrics: async () => [] },
      { waitingFor: async () => ['view service_requests'] },
    );
    expect(lineOf(await metrics.text(), 'city311_ready')).toMatch(/ 0$/);
    http.close();
  });

  it('tells how far behind a relay is', async () => {
    const background = new ThreadMetrics('background');
    background.relayLag('intake.case', 12, 3.5);
    const http = new ThreadMetrics('http');
    const text = await new Metrics(http, { metrics: () => background.snapshot() }, ready).text();
    expect(text).toContain('city311_relay_lag_events{category="intake.case"} 12');
    expect(text).toContain('city311_relay_lag_seconds{category="intake.case"} 3.5');
    http.close();
    background.close();
  });
});
