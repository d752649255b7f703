import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createS3ObjectSource, ObjectReadError, type S3ObjectSource } from '../../src/aws/s3/object-source.ts';
import { closeServer } from '../support/http-server.ts';

// Speaks only as much of S3 as it takes to go wrong in the ways that an emulator doesn't.
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  switch (pathname) {
    case '/trail/whole':
      response.writeHead(200, { 'last-modified': 'Wed, 11 Mar 2026 08:05:11 GMT' });
      response.end(`version ${searchParams.get('versionId')}`);
      break;
    case '/trail/breaks-off':
      response.writeHead(200, { 'content-length': '1000' });
      response.write('the first part', () => response.destroy());
      break;
    case '/trail/endless': {
      response.writeHead(200);
      const dripping = setInterval(() => response.write('and on, '), 5);
      response.on('close', () => clearInterval(dripping));
      break;
    }
    default:
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  }
});

let client: S3Client;
let source: S3ObjectSource;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  source = createS3ObjectSource(client);
});
afterAll(async () => {
  client.destroy();
  await closeServer(server);
});

describe('createS3ObjectSource', () => {
  test('streams the version that was announced, and says when it was written', async () => {
    const { body, time, brokenOff } = await source.open({ bucket: 'trail', key: 'whole', versionId: 'v2' });
    expect(await textOf(body)).toBe('version v2');
    expect(time).toBe('2026-03-11T08:05:11.000Z');
    expect(brokenOff()).toBeUndefined();
  });

  test('tells a transfer that broke off from a file that is broken', async () => {
    const { body, brokenOff } = await source.open({ bucket: 'trail', key: 'breaks-off' });
    await expect(textOf(body)).rejects.toThrow(ObjectReadError);
    expect(brokenOff()?.message).toMatch(/^s3:\/\/trail\/breaks-off: /);
  });

  test('breaks a transfer off for which no time is left', async () => {
    const attempt = new AbortController();
    const { body, brokenOff } = await source.open({ bucket: 'trail', key: 'endless' }, attempt.signal);
    setTimeout(() => attempt.abort(), 20);
    await expect(textOf(body)).rejects.toThrow('s3://trail/endless: Error: aborted');
    expect(brokenOff()).toBeInstanceOf(ObjectReadError);
  });

  test('names the object that may not be read', async () => {
    const opening = source.open({ bucket: 'trail', key: 'secret' });
    await expect(opening).rejects.toThrow('s3://trail/secret: AccessDenied: Access Denied');
  });
});

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
