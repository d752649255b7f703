import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPrometheusMeter } from '../../runtime/prometheus.ts';
import type { PrometheusMeter } from '../../runtime/prometheus.ts';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';

/** MetricsServer serves metrics to Prometheus while it is open. */
export interface MetricsServer {
  readonly meter: PrometheusMeter;
  /** `http://127.0.0.1:9464/metrics` */
  readonly url: string;
  close(): Promise<void>;
}

/** openMetricsServer listens on the loopback address only; port 0 picks a free port. */
async function openMetricsServer(port: string): Promise<MetricsServer> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--metrics-port ${port}: expected a port from 0 to 65535`);
  const meter = createPrometheusMeter({
    service: 'run',
    version: version(),
    counts: [
      'RecordsRead',
      'RecordsMatched',
      'RecordsUnmatched',
      'RecordsFailed',
      'ObjectsRead',
      'ObjectsSkipped',
      'CorrelationOverflows',
      'FindingsDelivered',
      'FindingsSuppressed',
      'DeliveriesFailed',
    ],
  });
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n');
      return;
    }
    meter.exposition().then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(Number(port), '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program uses this port' : message;
    throw new UsageError(`--metrics-port ${port}: ${why}`, undefined, cause);
  }
  return {
    meter,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RunMeter is the part of a meter that a run uses. */
export type RunMeter = Pick<PrometheusMeter, 'count' | 'findings'>;

/** measured does some work while it serves metrics; with `hold` it serves on until it is stopped. */
export async function measured<Result>(
  port: string,
  hold: boolean,
  { err, stop }: Pick<Surroundings, 'err' | 'stop'>,
  work: (meter: RunMeter) => Promise<Result>,
): Promise<Result> {
  const server = await openMetricsServer(port);
  try {
    await err.write(`trailwatch: metrics at ${server.url}\n`);
    const result = await work(server.meter);
    if (hold && !stop.aborted) {
      await err.write('trailwatch: done; metrics are still served, until Ctrl-C\n');
      await once(stop, 'abort');
    }
    return result;
  } finally {
    await server.close();
  }
}
