// Does what Lambda's runtime does with a package: imports the handler from the task's folder, calls it with the event
// that it reads from standard input, and writes the outcome as its last line, with the calls of AWS that were made for it.
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { json } from 'node:stream/consumers';

// A request's signature names the service as IAM does.
const calls = new Set();
subscribe('http.client.request.start', ({ request }) => {
  const [, service] = /\/([a-z0-9-]+)\/aws4_request/.exec(request.getHeader('authorization')) ?? [];
  if (service === undefined) return;
  const target = request.getHeader('x-amz-target')?.split('.').at(-1);
  calls.add(`${service}:${target ?? (service === 's3' ? objectCall(request) : request.path)}`);
});
const objectCall = ({ method, path: asked }) => {
  if (method !== 'GET') return method === 'HEAD' ? 'GetObject' : 'PutObject';
  return asked.includes('list-type=') ? 'ListBucket' : 'GetObject';
};

const [file, name] = process.env['_HANDLER'].split('.');
const started = performance.now();
const { [name]: handler } = await import(pathToFileURL(path.join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
const coldMs = performance.now() - started;

const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  invokedFunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
  awsRequestId: '6f1c0b2e-3d4e-4f5a-8b6c-7d8e9f0a1b2c',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 30_000,
};
const report = (outcome) => process.stdout.write(`\n${JSON.stringify(outcome)}\n`);
const event = await json(process.stdin);
try {
  const result = (await handler(event, context)) ?? null;
  report({ coldMs, result, calls: [...calls] });
} catch (error) {
  report({ coldMs, error: String(error), calls: [...calls] });
}
// Lambda freezes what is still running.
process.exit(0);
