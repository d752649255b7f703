import { AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { GetDatabaseCommand, GlueClient, paginateGetTables } from '@aws-sdk/client-glue';
import type { Account } from '../../doctor/account.ts';
import { orNothing, type Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

export function queriesOf(options: ClientOptions, ask: Ask): Pick<Account, 'workGroup' | 'tables'> {
  const athena = new AthenaClient(options);
  const glue = new GlueClient(options);
  return {
    async workGroup(name) {
      try {
        const { WorkGroup } = await ask('athena:GetWorkGroup', (signal) =>
          athena.send(new GetWorkGroupCommand({ WorkGroup: name }), signal),
        );
        return WorkGroup?.State === 'DISABLED' ? 'DISABLED' : 'ENABLED';
      } catch (error) {
        // Athena calls it an invalid request.
        if (/is not found|does not exist/.test((error as Error).message)) return undefined;
        throw error;
      }
    },
    async tables(database) {
      const asked = ask('glue:GetDatabase', (signal) => glue.send(new GetDatabaseCommand({ Name: database }), signal));
      if ((await orNothing(asked, 'EntityNotFoundException')) === undefined) return undefined;
      return ask('glue:GetTables', async () => {
        const names: string[] = [];
        for await (const page of paginateGetTables({ client: glue }, { DatabaseName: database })) {
          names.push(...(page.TableList ?? []).map(({ Name = '' }) => Name));
        }
        return names;
      });
    },
  };
}
