import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rulesModule } from '../../deploy/build/rules.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import type { LogRecord } from '../../src/model/log-record.ts';
import type { LoweredRuleSet } from '../../src/sigma/match.ts';
import type { RulesInput } from './inputs.ts';

export interface LoadFigures {
  readonly name: string;
  readonly rules: number;
  /** Size of the compiled module. */
  readonly bytes: number;
  /** Median time, in ms, to import the compiled module. */
  readonly importMs: number;
  /** Median time, in ms, from the imported rules to the first event's answer: index and matchers of its log source. */
  readonly firstEventMs: number;
}

const rounds = 9;

/** benchLoad measures what a function's cold start does with the rules. */
export async function benchLoad(
  inputs: readonly RulesInput[],
  records: readonly LogRecord[],
): Promise<readonly LoadFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-bench-'));
  try {
    const figures: LoadFigures[] = [];
    for (const [index, { name, ruleSet }] of inputs.entries()) {
      const path = join(folder, `rules-${index}.mjs`);
      await writeFile(path, rulesModule(ruleSet));
      const imports: number[] = [];
      const firsts: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const start = performance.now();
        // Another query is another module, so that nothing is cached.
        const loaded = (await import(`${pathToFileURL(path).href}?${round}`)) as { readonly default: LoweredRuleSet };
        imports.push(performance.now() - start);
        const [record] = records;
        if (record === undefined) throw new Error('no records to measure with');
        const loadedAt = performance.now();
        createDetector(createRuleSet(loaded.default)).detect(record);
        firsts.push(performance.now() - loadedAt);
      }
      const { size: bytes } = await stat(path);
      figures.push({
        name,
        rules: ruleSet.detections.length,
        bytes,
        importMs: median(imports),
        firstEventMs: median(firsts),
      });
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
