import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openValue } from '../../src/ingest/open.ts';
import type { Ingested, LogRecord } from '../../src/model/log-record.ts';
import type { LoweredRuleSet } from '../../src/sigma/expr.ts';
import { lowerRules } from '../../src/sigma/lower.ts';
import { parseRuleFile } from '../../src/sigma/parse.ts';

/** Real events and rules that stand beside a checkout on development machines; tests skip, visibly, where they don't. */
const corpora = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpora');

export const hasCorpora = existsSync(corpora);

/** readCloudTrail reads every CloudTrail record of the corpora: attacks, labelled and not, among ordinary activity. */
export function readCloudTrail(): readonly LogRecord[] {
  const files = [
    'invictus_aws_dataset/events.jsonl',
    'stratus_red_team/events_labelled.jsonl',
    'streamalert_cloudtrail/tests.jsonl',
  ];
  return files.flatMap((file) =>
    readFileSync(join(corpora, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line, index) => {
        const value = JSON.parse(line) as { readonly event?: unknown };
        return recordsOf(openValue(value.event ?? value, { path: file, index }));
      }),
  );
}

/** readRules lowers every rule that can be of a corpus: `aws` is SigmaHQ's for AWS, `suzaku` as named, `all` is both and all else of SigmaHQ. */
export function readRules(corpus: 'aws' | 'suzaku' | 'all'): LoweredRuleSet {
  const texts = {
    aws: () => yamlIn('sigmahq_rules/aws/rules'),
    suzaku: () => yamlIn('suzaku_aws_rules'),
    all: () => [...yamlInArchive('sigmahq_rules/sigmahq_all_rules.tar.gz'), ...yamlIn('suzaku_aws_rules')],
  }[corpus]();
  const documents = texts.flatMap(([path, text]) => parseRuleFile(text, path).documents);
  return lowerRules(documents).ruleSet;
}

function recordsOf(ingested: Iterable<Ingested>): readonly LogRecord[] {
  return [...ingested].flatMap((item) => (item.kind === 'record' ? [item.record] : []));
}

type Texts = readonly (readonly [path: string, text: string])[];

function yamlIn(folder: string): Texts {
  return globSync('**/*.yml', { cwd: join(corpora, folder) })
    .toSorted()
    .map((file) => [`${folder}/${file}`, readFileSync(join(corpora, folder, file), 'utf8')]);
}

/** A tar archive is a row of 512-byte heads, each with a name and a size in octal digits, and contents filled up to 512. */
function yamlInArchive(path: string): Texts {
  const tar = gunzipSync(readFileSync(join(corpora, path)));
  const texts: [string, string][] = [];
  for (let at = 0; at + 512 <= tar.length;) {
    const text = (from: number, length: number) =>
      tar.toString('utf8', at + from, at + from + length).split('\0')[0] ?? '';
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const name = `${text(345, 155)}${text(345, 155) === '' ? '' : '/'}${text(0, 100)}`;
    if (name.endsWith('.yml')) texts.push([name, tar.toString('utf8', at + 512, at + 512 + size)]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return texts;
}
