import { randomUUID } from 'node:crypto';
import { createReceiverTools } from '../../aws/receiver-tools.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { Stage } from '../../doctor/stage.ts';
import { settingOf } from '../../doctor/stage.ts';
import { broken, command, ok } from '../../doctor/result.ts';
import type { CheckResult } from '../../doctor/result.ts';
import type { Finding } from '../../model/finding.ts';
import { DeliveryError, createReceivers, messageOf } from '../../notify/index.ts';

const sendTimeoutMs = 15_000;

/** sendTests sends each receiver of a stage's configuration a message that says it is a test. */
export async function sendTests(
  stage: Stage,
  configuration: Pick<Configuration, 'receivers'>,
  now: () => Date,
  stop: AbortSignal,
): Promise<readonly CheckResult[]> {
  const receivers = await createReceivers(
    configuration.receivers,
    {
      alertsTopic: settingOf(stage, 'TRAILWATCH_ALERTS_TOPIC') ?? stage.stack.outputs['AlertsTopicArn'] ?? '',
      slackWebhookParameter: settingOf(stage, 'TRAILWATCH_SLACK_WEBHOOK_PARAMETER') ?? '',
    },
    createReceiverTools({ now, region: stage.region }),
  );
  const finding = testFinding(stage, now());
  const notification = { id: finding.id, finding, message: messageOf(finding) };
  return Promise.all(
    receivers.map(async ({ name, send }): Promise<CheckResult> => {
      try {
        await send(notification, AbortSignal.any([stop, AbortSignal.timeout(sendTimeoutMs)]));
        return { check: 'send', ...ok(`receiver ${name} accepted a test message`) };
      } catch (error) {
        const { message } = error as Error;
        const reason = error instanceof DeliveryError ? `${error.reason}: ${message}` : message;
        const again = command('npx', 'trailwatch', 'doctor', '--stage', stage.name, '--region', stage.region, '--send');
        return { check: 'send', ...broken(`receiver ${name} did not accept a test message: ${reason}`, again) };
      }
    }),
  );
}

/** Each test finding is new, so that no receiver drops it as a repeat. */
function testFinding({ account, region, name }: Stage, at: Date): Finding {
  const id = randomUUID().replaceAll('-', '');
  const time = at.toISOString();
  return {
    id,
    fingerprint: id,
    rule: {
      id: 'trailwatch-doctor',
      title: `Test message of trailwatch doctor for stage ${name}`,
      level: 'informational',
      description: 'This is a test. An operator of Trailwatch checks whether messages arrive here.',
      tags: [],
      falsePositives: [],
      references: [],
    },
    time,
    event: {
      id,
      time,
      source: { product: 'trailwatch', services: ['doctor'] },
      category: { kind: 'other' },
      account,
      region,
      service: 'trailwatch',
      action: 'doctor --send',
      actor: { kind: 'unknown', name: 'an operator of Trailwatch', chain: [] },
      targets: [{ kind: 'stage', id: name }],
      outcome: { kind: 'success' },
      origin: { path: 'trailwatch doctor', index: 0 },
      raw: {},
    },
    correlated: [],
    evidence: [],
    labels: { level: 'informational', rule: 'trailwatch-doctor', account, region },
  };
}
