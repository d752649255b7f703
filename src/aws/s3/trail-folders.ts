import { ListObjectsV2Command, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { TrailFolders } from '../../archive/trail/table-span.ts';

/** createS3TrailFolders lists the folders of a trail's bucket: one call for its accounts, and one a region for an account's first day. */
export function createS3TrailFolders(client: S3Client): TrailFolders {
  const foldersOf = async (location: string): Promise<readonly string[]> => {
    const { bucket: Bucket, key: Prefix } = placeOf(location);
    const folders: string[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix, Delimiter: '/' })) {
      folders.push(...(page.CommonPrefixes ?? []).map(({ Prefix: folder = '' }) => folder.slice(Prefix.length, -1)));
    }
    return folders;
  };
  return {
    accounts: async (location) => (await foldersOf(location)).filter((name) => /^\d{12}$/.test(name)),
    async firstDay(location, account) {
      const logs = `${location}${account}/CloudTrail/`;
      const days: string[] = [];
      for (const region of await foldersOf(logs)) {
        const { bucket: Bucket, key: Prefix } = placeOf(`${logs}${region}/`);
        // Keys come in order, and the folders of days are named so that the first key is of the first day.
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }));
        const [day] = /^\d{4}\/\d\d\/\d\d(?=\/)/.exec(Contents[0]?.Key?.slice(Prefix.length) ?? '') ?? [];
        if (day !== undefined) days.push(day);
      }
      return days.toSorted()[0];
    },
  };
}

function placeOf(location: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
  return { bucket, key };
}
