import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Account } from '../../doctor/account.ts';
import { orNothing, type Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

export function messagesOf(
  options: ClientOptions,
  ask: Ask,
): Pick<Account, 'subscriptions' | 'parameterType' | 'secretExists' | 'queueDepth'> {
  const sns = new SNSClient(options);
  const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
  const ssm = new SSMClient(options);
  const secrets = new SecretsManagerClient(options);

  return {
    async subscriptions(topicArn) {
      const { Subscriptions = [] } = await ask('sns:ListSubscriptionsByTopic', (signal) =>
        sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }), signal),
      );
      return Subscriptions.map(({ Protocol = '', Endpoint = '', SubscriptionArn = '' }) => ({
        protocol: Protocol,
        endpoint: Endpoint,
        confirmed: SubscriptionArn.startsWith('arn:'),
      }));
    },
    async parameterType(name) {
      const { Parameters = [] } = await ask('ssm:DescribeParameters', (signal) =>
        ssm.send(
          new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [name] }] }),
          signal,
        ),
      );
      return Parameters.find(({ Name }) => Name === name)?.Type;
    },
    async secretExists(id) {
      const asked = ask('secretsmanager:DescribeSecret', (signal) =>
        secrets.send(new DescribeSecretCommand({ SecretId: id }), signal),
      );
      const found = await orNothing(asked, 'ResourceNotFoundException');
      return found !== undefined && found.DeletedDate === undefined;
    },
    async queueDepth(url) {
      const asked = ask('sqs:GetQueueAttributes', (signal) =>
        sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: url,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
          signal,
        ),
      );
      const found = await orNothing(asked, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue');
      if (found === undefined) return undefined;
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = found.Attributes ?? {};
      return {
        waiting: Number(ApproximateNumberOfMessages ?? 0),
        underWay: Number(ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },
  };
}
