import { glueClient } from '../../aws/clients.ts';
import { createGlueCatalog } from '../../aws/athena/glue-catalog.ts';
import { namesOf } from './stage-names.ts';
import type { StageOptions } from './stage-names.ts';

/** lacksTable says whether a stage certainly has no table of a name; where that can't be looked up, Athena will say it. */
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
