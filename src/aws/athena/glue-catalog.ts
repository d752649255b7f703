import { EntityNotFoundException, GetTableCommand } from '@aws-sdk/client-glue';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { Catalog } from '../../archive/copy/copy-trail.ts';

/** createGlueCatalog reads the descriptions of a database's tables. */
export function createGlueCatalog(client: GlueClient, database: string): Catalog {
  return {
    async table(name) {
      try {
        const { Table } = await client.send(new GetTableCommand({ DatabaseName: database, Name: name }));
        const { Location = '', Columns = [] } = Table?.StorageDescriptor ?? {};
        return {
          location: Location.endsWith('/') ? Location : `${Location}/`,
          columns: Columns.map(({ Name = '', Type = '' }) => ({ name: Name, type: Type })),
          parameters: Table?.Parameters ?? {},
        };
      } catch (error) {
        if (error instanceof EntityNotFoundException) return undefined;
        const { name: kind, message } = error as Error;
        throw new Error(`table ${database}.${name}: ${kind}: ${message}`, { cause: error });
      }
    },
  };
}
