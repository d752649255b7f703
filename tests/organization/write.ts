/** Writes the ordinary organization, and the intrusion, as trail files: `node tests/organization/write.ts FOLDER`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inTime, intrusion, ordinaryRecords } from './organization.ts';
import type { CloudTrailRecord } from './record.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder to write into: node tests/organization/write.ts FOLDER');

const write = (name: string, records: readonly CloudTrailRecord[]): void => {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, gzipSync(JSON.stringify({ Records: records })));
};
let records = 0;
for (const day of ordinaryRecords()) {
  write(`ordinary/${day[0]?.eventTime.slice(0, 10) ?? 'none'}.json.gz`, day);
  records += day.length;
}
const steps = intrusion();
write('intrusion/intrusion.json.gz', steps.flatMap((step) => step.records).toSorted(inTime));
process.stdout.write(
  `${records} records of ordinary days in ordinary/, ${steps.length} steps of an intrusion in intrusion/\n`,
);
