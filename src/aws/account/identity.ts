import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Account } from '../../doctor/account.ts';
import type { Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

/** identityOf says whose credentials these are, and by the way what time it is at AWS. */
export function identityOf(
  options: ClientOptions,
  ask: Ask,
  now: () => Date,
): Pick<Account, 'identity' | 'clockAhead'> {
  const sts = new STSClient(options);
  let ahead: number | undefined;
  // Innermost, where the answer still has its headers; also of an answer that refuses, as it does with a wrong clock.
  sts.middlewareStack.add(
    (next) => async (args) => {
      const sent = now().getTime();
      const answer = await next(args);
      const received = now().getTime();
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.['date'] ?? '');
      // The header has whole seconds: a difference within that second and the journey doesn't count.
      if (!Number.isNaN(date)) ahead = aheadOf(date, sent, received);
      return answer;
    },
    { step: 'deserialize', priority: 'low', name: 'readDate' },
  );
  return {
    async identity() {
      const { Account: account = '', Arn: arn = '' } = await ask('sts:GetCallerIdentity', (signal) =>
        sts.send(new GetCallerIdentityCommand({}), signal),
      );
      return { account, arn };
    },
    clockAhead: () => ahead,
  };
}

/** aheadOf is by how much a clock that said `sent` and `received` is ahead of one that said `date`, a whole second, between the two. */
export function aheadOf(date: number, sent: number, received: number): number {
  if (sent > date + 1000) return sent - (date + 1000);
  return received < date ? received - date : 0;
}
