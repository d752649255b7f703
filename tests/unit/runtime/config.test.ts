import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/runtime/config.ts';

describe('readConfig', () => {
  test('takes what was asked for, and what is unset from the defaults', () => {
    const config = readConfig(['stage', 'tracing', 'logLevel', 'slackWebhookParameter'], { TRAILWATCH_STAGE: 'dev' });
    expect(config).toEqual({ stage: 'dev', tracing: 'PassThrough', logLevel: 'INFO', slackWebhookParameter: '' });
  });

  test('does not ask for what a function does not need', () => {
    expect(readConfig(['stage'], { TRAILWATCH_STAGE: 'dev', PATH: '/bin' })).toEqual({ stage: 'dev' });
  });

  test.each([
    {
      rule: 'a missing variable is named with what to set it to',
      environment: {},
      says: /TRAILWATCH_STAGE is not set: set it to the deployed stage/,
    },
    {
      rule: 'an empty variable is not a value',
      environment: { TRAILWATCH_STAGE: ' ' },
      says: /TRAILWATCH_STAGE has an unusable value/,
    },
    {
      rule: 'a misspelled variable is refused, with the known ones',
      environment: { TRAILWATCH_STAGE: 'dev', TRAILWATCH_STATE_TABEL: 'x' },
      says: /TRAILWATCH_STATE_TABEL is not a setting of Trailwatch: known are .*TRAILWATCH_STATE_TABLE/,
    },
    {
      rule: 'a value outside the list is refused with the list',
      environment: { TRAILWATCH_STAGE: 'dev', TRAILWATCH_TRACING: 'yes' },
      says: /TRAILWATCH_TRACING has an unusable value: set it to Active or PassThrough/,
    },
    {
      rule: 'a topic is an ARN',
      environment: { TRAILWATCH_STAGE: 'dev', TRAILWATCH_ALERTS_TOPIC: 'alerts' },
      says: /TRAILWATCH_ALERTS_TOPIC has an unusable value: .*arn:aws:sns:/,
    },
  ])('$rule', ({ environment, says }) => {
    expect(() => readConfig(['stage', 'tracing', 'alertsTopic'], environment)).toThrow(says);
  });

  test('names everything that is wrong at once', () => {
    expect(() => readConfig(['stage', 'stateTable'], { TRAILWATCH_X: '' })).toThrow(
      /TRAILWATCH_X.*TRAILWATCH_STAGE.*TRAILWATCH_STATE_TABLE/,
    );
  });

  test('keeps an unusable value to itself: it may be a secret in the wrong place', () => {
    const secret = 'https://hooks.slack.com/services/T0/B0/abcdef?x=1';
    const read = (): unknown => readConfig(['slackWebhookParameter'], { TRAILWATCH_SLACK_WEBHOOK_PARAMETER: secret });
    expect(read).toThrow(/TRAILWATCH_SLACK_WEBHOOK_PARAMETER has an unusable value/);
    expect(read).not.toThrow(/hooks/);
  });
});
