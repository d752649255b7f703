#!/usr/bin/env node
// Finds a Node that runs TypeScript as it is written (22.18 or newer) and starts the command line there.
// Plain JavaScript that Node 18 can still parse: it has to run on whatever Node the shell has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));

if (runsTypeScript(process.versions.node)) {
  await start();
} else {
  const node = ['node_modules/node/bin/node', 'node_modules/.bin/node', 'node_modules/node/bin/node.exe']
    .map((path) => root + path)
    .find((path) => existsSync(path));
  // The variable stops a wrong binary under node_modules from starting itself over and over.
  if (node === undefined || process.env.REEXECUTED_BY_TRAILWATCH === '1') refuse();
  else handOver(node);
}

function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

async function start() {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  // Node 22 and 23 call type stripping experimental on every start: noise for whoever reads the alerts.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning')
      process.stderr.write(`trailwatch: ${warning.name}: ${warning.message}\n`);
  });
  const { main } = await import('../src/cli/main.ts');
  await main(process);
}

function refuse() {
  process.stderr.write(
    `trailwatch: needs Node 22.18 or newer; this is ${process.versions.node}, and ${root}node_modules holds no newer one.\n` +
      `Run \`npm ci\` in ${root} (it brings Node 24 along), or start it with a newer Node.\n`,
  );
  process.exitCode = 2;
}

function handOver(node) {
  const child = spawn(node, [here, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, REEXECUTED_BY_TRAILWATCH: '1' },
  });
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`trailwatch: ${node} does not start: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    // 128 + n is how shells report a death by signal.
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
    for (const forwardedSignal of forwarded) process.removeAllListeners(forwardedSignal);
  });
}
