import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, script = ''] = /node -e '([^']+)' > notifications\.json/.exec(readme) ?? [];

const queue = { Id: 'a', QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:q', Events: ['s3:ObjectCreated:*'] };

test.each([
  { rule: 'a bucket without notifications answers nothing', now: '', keeps: {} },
  { rule: 'what there is stays', now: { QueueConfigurations: [queue] }, keeps: { QueueConfigurations: [queue] } },
  { rule: 'a bucket that is set up stays as it is', now: { EventBridgeConfiguration: {} }, keeps: {} },
])("the README's command merges notifications: $rule", ({ now, keeps }) => {
  const input = typeof now === 'string' ? now : JSON.stringify(now, undefined, 4);
  const merged = execFileSync(process.execPath, ['-e', script], { input }).toString();
  expect(JSON.parse(merged)).toEqual({ ...keeps, EventBridgeConfiguration: {} });
});
