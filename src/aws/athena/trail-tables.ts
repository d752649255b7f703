import { EntityNotFoundException, GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue';
import type { GlueClient, Table } from '@aws-sdk/client-glue';
import { withAccounts, type TrailTables } from '../../archive/trail/table-span.ts';

/** The table of management and data events comes last: what it covers, the others cover too. */
const names = ['cloudtrail_insights', 'cloudtrail_network_activity', 'cloudtrail'] as const;

/** createGlueTrailTables reads and changes the tables over a trail's bucket in a database of Glue. */
export function createGlueTrailTables(client: GlueClient, database: string): TrailTables {
  const tableOf = async (name: string): Promise<Table | undefined> => {
    try {
      return (await client.send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table;
    } catch (error) {
      if (error instanceof EntityNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    async read() {
      const table = await tableOf('cloudtrail');
      const location = table?.StorageDescriptor?.Location;
      if (table === undefined || location === undefined) return undefined;
      return { location, properties: table.Parameters ?? {} };
    },
    async add(found) {
      for (const name of names) {
        const table = await tableOf(name);
        if (table === undefined) continue;
        const { Name, Description, TableType, PartitionKeys, StorageDescriptor, Parameters = {} } = table;
        await client.send(
          new UpdateTableCommand({
            DatabaseName: database,
            TableInput: {
              Name,
              Description,
              TableType,
              PartitionKeys,
              StorageDescriptor,
              Parameters: { ...Parameters, ...withAccounts(Parameters, found) },
            },
            // Refused when somebody else changed the table meanwhile: the next round does it.
            VersionId: table.VersionId,
            SkipArchive: true,
          }),
        );
      }
    },
  };
}
