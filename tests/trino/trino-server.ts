import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** TrinoServer is a server of our own, for as long as a proof takes. */
export interface TrinoServer {
  readonly url: string;
  /** Where its catalogs find files: `local:///x` is `<warehouse>/x`. */
  readonly warehouse: string;
  /** Of the catalog `trail`, where statements find the tables that they don't say the place of. */
  readonly schema: string;
  stop(): Promise<void>;
}

const patienceMs = 180_000;

/**
 * startTrino starts what `io.trino:trino-server` unpacks to, on the loopback address alone, with everything that it writes below
 * `folder`. @throws {Error} with the end of its log when it doesn't come up.
 */
export async function startTrino(home: string, javaHome: string, folder: string): Promise<TrinoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const etc = join(folder, 'etc');
  const warehouse = join(folder, 'warehouse');
  for (const path of [join(etc, 'catalog'), warehouse]) mkdirSync(path, { recursive: true });
  const files: Readonly<Record<string, readonly string[]>> = {
    'node.properties': ['node.environment=proof', 'node.id=proof', `node.data-dir=${join(folder, 'data')}`],
    'jvm.config': ['-Xmx2G', '-XX:+UseSerialGC', '-Djdk.attach.allowAttachSelf=true'],
    'config.properties': [
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port}`,
      'node.internal-address=127.0.0.1',
      `discovery.uri=${url}`,
      'query.max-memory=1GB',
      'query.max-memory-per-node=512MB',
      'memory.heap-headroom-per-node=256MB',
    ],
    // Athena's tables are Hive's, with projected partitions: the same connector, over a folder in place of a bucket.
    'catalog/trail.properties': [
      'connector.name=hive',
      'hive.metastore=file',
      'hive.metastore.catalog.dir=local:///metastore',
      'fs.native-local.enabled=true',
      `local.location=${warehouse}`,
      'hive.partition-projection-enabled=true',
      // A bucket knows no folders: a day without files is no error there.
      'hive.ignore-absent-partitions=true',
      'hive.allow-register-partition-procedure=true',
      'hive.security=allow-all',
      // Glue's catalog holds both kinds of tables under one name.
      'hive.iceberg-catalog-name=lake',
    ],
    'catalog/lake.properties': [
      'connector.name=iceberg',
      'iceberg.catalog.type=TESTING_FILE_METASTORE',
      'hive.metastore.catalog.dir=local:///metastore',
      'fs.native-local.enabled=true',
      `local.location=${warehouse}`,
      'iceberg.expire-snapshots.min-retention=0s',
      'iceberg.remove-orphan-files.min-retention=0s',
    ],
  };
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(etc, name), `${lines.join('\n')}\n`);

  const child = spawn(join(home, 'bin', 'launcher'), ['run', '--etc-dir', etc], {
    env: { ...process.env, JAVA_HOME: javaHome, PATH: `${join(javaHome, 'bin')}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString('utf8')}`.slice(-4_000);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const until = Date.now() + patienceMs;
  while (Date.now() < until && child.exitCode === null) {
    const info = await fetch(`${url}/v1/info`).catch(() => undefined);
    if (info?.ok === true && !((await info.json()) as { starting: boolean }).starting) {
      return { url, warehouse, schema: 'proof', stop };
    }
    await sleep(500);
  }
  await stop();
  throw new Error(`Trino did not start:\n${log}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
