import { glueClient } from '../../aws/clients.ts';
import { createGlueCatalog } from '../../aws/athena/glue-catalog.ts';
import { namesOf } from './stage-names.ts';
import type { StageOptions } from './stage-names.ts';

/** lacksTable says whether the stage has no table of that name; false when the catalog can't be read (Athena then reports the missing table). */
export async function lacksTable(options: StageOptions, name: string): Promise<boolean> {
  const { database } = namesOf(options);
  const client = glueClient();
  try {
    return (await createGlueCatalog(client, database).table(name)) === undefined;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}
