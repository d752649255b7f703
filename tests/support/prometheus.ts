import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpServer } from './http-server.ts';

export interface Prometheus {
  /** query asks until there is an answer, which there is after the first scrape. */
  query(expression: string): Promise<readonly Series[]>;
  stop(): Promise<void>;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** startPrometheus starts the Prometheus that is installed, which scrapes one target each second. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const job = { job_name: 'trailwatch', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
  await writeFile(config, JSON.stringify({ scrape_configs: [job] }));
  const free = await startHttpServer(() => ({ status: 200, body: '' }));
  const address = new URL(free.url).host;
  await free.close();
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
    { stdio: 'ignore' },
  );
  const closed = once(child, 'close');
  return {
    async query(expression) {
      for (let tries = 0; tries < 150; tries++) {
        const found = await ask(address, expression).catch(() => []);
        if (found.length > 0) return found;
        await sleep(100);
      }
      throw new Error(`Prometheus has no answer to ${expression}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

interface QueryAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function ask(address: string, expression: string): Promise<readonly Series[]> {
  const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { data } = (await answer.json()) as QueryAnswer;
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
