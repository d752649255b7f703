/**
 * Writes `aws-calls.json`, the API operations of every AWS service with their parameters, from the service models that botocore ships
 * (https://github.com/boto/botocore, Apache-2.0). To bring it up to date:
 *
 *     pip download --no-deps --dest /tmp botocore && unzip -q /tmp/botocore-*.whl -d /tmp/botocore
 *     npx node src/cli/rule/aws-calls/generate.ts /tmp/botocore
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface ServiceModel {
  readonly metadata: { readonly endpointPrefix?: string; readonly signingName?: string; readonly protocol?: string };
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, { readonly members?: Readonly<Record<string, unknown>> }>>;
}

/** Of these protocols CloudTrail writes what was sent, whose names are not those of the model. */
const otherNames = new Set(['ec2', 'rest-xml']);

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('generate.ts: name the folder that botocore was unpacked in');

const data = join(root, 'botocore', 'data');
/** By source and call: the names of its parameters, or nothing where CloudTrail has other names. */
const calls = new Map<string, Map<string, Set<string> | undefined>>();
for (const entry of readdirSync(data, { withFileTypes: true }).filter((one) => one.isDirectory())) {
  for (const version of readdirSync(join(data, entry.name))) {
    const path = join(data, entry.name, version, 'service-2.json.gz');
    if (existsSync(path)) addModel(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as ServiceModel);
  }
}

function addModel({ metadata, operations, shapes }: ServiceModel): void {
  // CloudTrail names a source after the service that signs, mostly; else after its endpoint, without what stands before a dot.
  const prefix = metadata.endpointPrefix ?? '';
  for (const name of new Set([prefix, metadata.signingName ?? prefix, prefix.slice(prefix.lastIndexOf('.') + 1)])) {
    if (name === '') continue;
    const known = calls.get(name) ?? new Map<string, Set<string> | undefined>();
    for (const [operation, { input }] of Object.entries(operations)) {
      const before = known.get(operation);
      const isUnnamed = otherNames.has(metadata.protocol ?? '') || (known.has(operation) && before === undefined);
      const members = Object.keys(shapes[input?.shape ?? '']?.members ?? {});
      known.set(operation, isUnnamed ? undefined : new Set([...(before ?? []), ...members]));
    }
    calls.set(name, known);
  }
}

const version = readdirSync(root).find((name) => /^botocore-.*\.dist-info$/.test(name)) ?? 'botocore-unknown';
const names = [...calls.keys()].toSorted();
const table = {
  source: `https://pypi.org/project/botocore/${version.slice('botocore-'.length, -'.dist-info'.length)}/`,
  licence: 'Apache-2.0, Copyright Amazon.com, Inc. or its affiliates',
  derived: new Date().toISOString().slice(0, 10),
  calls: Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        [...(calls.get(name) ?? [])]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([call, parameters]) => [call, parameters === undefined ? null : [...parameters].toSorted().join(' ')]),
      ),
    ]),
  ),
};
// A line a call, so that a change shows which came and went.
writeFileSync(new URL('aws-calls.json', import.meta.url), `${JSON.stringify(table, undefined, 1)}\n`);
process.stdout.write(`${names.length} sources, ${[...calls.values()].reduce((sum, of) => sum + of.size, 0)} calls\n`);
