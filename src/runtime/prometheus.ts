import { Counter, Gauge, Registry } from 'prom-client';
import { levels } from '../model/level.ts';
import type { Count, Meter } from './metrics.ts';

/** PrometheusMeter counts what the functions count in CloudWatch, under the same names as Prometheus spells them. */
export interface PrometheusMeter extends Pick<Meter, 'count' | 'findings'> {
  /** What a scrape answers, and its content type. */
  exposition(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface PrometheusMeterOptions {
  /** The one label that all have, as in CloudWatch: `run`. */
  readonly service: string;
  readonly version: string;
  /** Those that are there from the beginning, at 0: a rate needs a first value. */
  readonly counts: readonly Count[];
}

/** prometheusName is a metric's name for Prometheus: `RecordsRead` in CloudWatch is `trailwatch_records_read_total`. */
export function prometheusName(name: string): string {
  const snake = name.replaceAll(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
  return `trailwatch_${snake}_total`;
}

/** createPrometheusMeter counts for a Prometheus that comes and asks. https://prometheus.io/docs/practices/naming/ */
export function createPrometheusMeter({ service, version, counts }: PrometheusMeterOptions): PrometheusMeter {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  new Gauge({
    name: 'trailwatch_build_info',
    help: 'Always 1; its label says which version runs.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const raised = new Counter({
    name: prometheusName('Findings'),
    help: helpOf('Findings'),
    labelNames: ['level'],
    registers,
  });
  for (const level of levels) raised.inc({ level }, 0);

  const counters = new Map<Count, Counter>();
  const counterOf = (what: Count): Counter => {
    const known = counters.get(what) ?? new Counter({ name: prometheusName(what), help: helpOf(what), registers });
    counters.set(what, known);
    return known;
  };
  for (const what of counts) counterOf(what).inc(0);

  return {
    count: (what, by) => counterOf(what).inc(by),
    findings(found) {
      for (const level of found) raised.inc({ level });
    },
    async exposition() {
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function helpOf(name: string): string {
  return `${name} of the namespace Trailwatch in CloudWatch; docs/operations.md says what it counts.`;
}
