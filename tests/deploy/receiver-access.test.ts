import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stageConfiguration } from '../../deploy/build/sources.ts';
import type { Statement } from '../../deploy/cloudformation.ts';
import { receiverAccess } from '../../deploy/functions/receiver-access.ts';
import { stageOf } from './stage-of.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-access-'));
  copyFileSync(path.resolve(import.meta.dirname, '../../config/default.yml'), path.join(folder, 'default.yml'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function granted(receivers: string, slackWebhookParameter = ''): Promise<readonly Statement[]> {
  writeFileSync(path.join(folder, 'dev.yml'), receivers === '' ? '' : `receivers:\n${receivers}`);
  return receiverAccess({
    configuration: await stageConfiguration(folder, 'dev'),
    params: stageOf({ slackWebhookParameter }).params,
  });
}

const here = (service: string, resource: string): object => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

describe('the delivering function may use what its receivers need, and no more', () => {
  test('a stage that configures nothing needs nothing but its own topic', async () => {
    expect(await granted('')).toEqual([]);
  });

  test.each<[string, string, readonly object[]]>([
    [
      'a topic',
      '  mail: { kind: sns, topicArn: "arn:aws:sns:eu-west-1:444455556666:security" }',
      [{ Action: 'sns:Publish', Resource: ['arn:aws:sns:eu-west-1:444455556666:security'] }],
    ],
    [
      'another bus',
      '  central: { kind: findings-bus, busArn: "arn:aws:events:eu-west-1:444455556666:event-bus/security" }',
      [{ Action: 'events:PutEvents', Resource: ['arn:aws:events:eu-west-1:444455556666:event-bus/security'] }],
    ],
    [
      'Security Hub',
      '  hub: { kind: security-hub }',
      [
        {
          Action: 'securityhub:BatchImportFindings',
          Resource: here('securityhub', 'product/${AWS::AccountId}/default'),
        },
      ],
    ],
    [
      'a parameter, named with and without its store, and twice',
      [
        '  a: { kind: teams, address: /trailwatch/teams }',
        '  b: { kind: slack-bot, token: "ssm:/trailwatch/bot", channel: "#alerts" }',
        '  c: { kind: slack-bot, token: "ssm:/trailwatch/bot", channel: "#oncall" }',
      ].join('\n'),
      [
        {
          Action: 'ssm:GetParameter',
          Resource: [here('ssm', 'parameter/trailwatch/teams'), here('ssm', 'parameter/trailwatch/bot')],
        },
        {
          Action: 'kms:Decrypt',
          Condition: {
            StringEquals: {
              'kms:ViaService': { 'Fn::Sub': 'ssm.${AWS::Region}.amazonaws.com' },
              'kms:EncryptionContext:PARAMETER_ARN': [
                here('ssm', 'parameter/trailwatch/teams'),
                here('ssm', 'parameter/trailwatch/bot'),
              ],
            },
          },
        },
      ],
    ],
    [
      'a secret of Secrets Manager, whose ARN ends in characters that nobody knows beforehand',
      '  pager: { kind: pagerduty, routingKey: "secretsmanager:oncall/pagerduty#key" }',
      [
        {
          Action: 'secretsmanager:GetSecretValue',
          Resource: [here('secretsmanager', 'secret:oncall/pagerduty-??????')],
        },
        {
          Action: 'kms:Decrypt',
          Condition: {
            StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'secretsmanager.${AWS::Region}.amazonaws.com' } },
            StringLike: {
              'kms:EncryptionContext:SecretARN': [here('secretsmanager', 'secret:oncall/pagerduty-??????')],
            },
          },
        },
      ],
    ],
    [
      'a webhook at a plain address, of which only the key is a secret',
      '  siem: { kind: webhook, address: "https://siem.example.com/in", signingKey: /siem/key }',
      [{ Action: 'ssm:GetParameter', Resource: [here('ssm', 'parameter/siem/key')] }, { Action: 'kms:Decrypt' }],
    ],
  ])('%s', async (_what, receivers, statements) => {
    expect(await granted(receivers)).toEqual(
      statements.map((statement) => expect.objectContaining({ Effect: 'Allow', ...statement })),
    );
  });

  test("the parameter with the stage's own Slack", async () => {
    expect((await granted('', '/trailwatch/dev/slack'))[0]).toMatchObject({
      Action: 'ssm:GetParameter',
      Resource: [here('ssm', 'parameter/trailwatch/dev/slack')],
    });
  });

  test('a configuration that is wrong stops the deployment, with its file and line', async () => {
    await expect(granted('  pager: { kind: pagerduty, routingKey: 0123456789abcdef0123456789abcdef }')).rejects.toThrow(
      /dev\.yml:\d+.*routingKey: must name a secret/s,
    );
  });
});
