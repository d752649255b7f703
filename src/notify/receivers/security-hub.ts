import { BatchImportFindingsCommand } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { DeliveryError } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { renderAsff, type Place } from './asff.ts';
import { awsVerdict } from '../../retry/aws-failure.ts';
import { awsFailure } from './aws-failure.ts';

export interface SecurityHubOptions {
  readonly name?: string;
  readonly client: Pick<SecurityHubClient, 'send'>;
  readonly place: Place;
  readonly now: () => Date;
}

/**
 * createSecurityHub imports every finding into AWS Security Hub, as one of the account's own product. An addition to a
 * finding updates it.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function createSecurityHub({ name = 'security-hub', client, place, now }: SecurityHubOptions): Receiver {
  return {
    name,
    concurrency: 2,
    grouping: 'each',
    send: async (notification, signal) => {
      const finding = renderAsff(notification, place, now());
      const answer = await client
        .send(new BatchImportFindingsCommand({ Findings: [finding] }), { abortSignal: signal })
        .catch((cause: unknown) => {
          throw awsFailure(name, cause);
        });
      // 200 says only that the request was read.
      if (answer.FailedCount === 0 && answer.SuccessCount === 1) return;
      const { ErrorCode: code = 'NoAnswer', ErrorMessage: said = 'Security Hub did not say that it took the finding' } =
        answer.FailedFindings?.[0] ?? {};
      throw new DeliveryError(`${name}: ${code}: ${said}`, awsVerdict(code, code === 'NoAnswer' ? 503 : 400));
    },
  };
}
