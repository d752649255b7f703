import { applyActions } from './parse-actions.ts';
import { parseCorrelation } from './parse-correlation.ts';
import { parseDetectionRule } from './parse-detection.ts';
import { parseFilter } from './parse-filter.ts';
import { createReporter } from './reporter.ts';
import type { Reporter } from './reporter.ts';
import type { Place, Problem, SigmaDocument } from '../rule.ts';
import { entryOf, readYaml } from './yaml.ts';
import type { YamlMap } from './yaml.ts';

/**
 * parseRuleFile reads the Sigma documents of one YAML text: detections, correlations and filters. Whatever is wrong with
 * a document becomes a problem with its line; a document with an error is left out, the others are returned.
 */
export function parseRuleFile(
  text: string,
  path: string,
): { documents: readonly SigmaDocument[]; problems: readonly Problem[] } {
  const read = readYaml(text, path);
  const problems: Problem[] = [...read.problems];
  const documents: SigmaDocument[] = [];
  if (read.documents.length === 0 && problems.length === 0) {
    createReporter(problems, { path, line: 1, document: 1 }).error(1, 'empty-file', 'the file holds no Sigma document');
  }
  for (const { document, content } of applyActions(read.documents, path, problems)) {
    const place: Place = { path, line: content.line, document };
    const parsed = parseDocument(content, place, createReporter(problems, place));
    if (parsed !== undefined) documents.push(parsed);
  }
  return { documents, problems };
}

const kinds = ['detection', 'correlation', 'filter'] as const;

function parseDocument(map: YamlMap, place: Place, reporter: Reporter): SigmaDocument | undefined {
  const found = kinds.filter((kind) => entryOf(map, kind) !== undefined);
  const kind = found[0];
  if (kind === undefined) {
    reporter.error(map.line, 'no-logic', 'the document has none of `detection`, `correlation` and `filter`');
    return undefined;
  }
  if (found.length > 1) {
    reporter.error(map.line, 'mixed-document', `${found.join(' and ')} stand in one document: separate them with ---`);
    return undefined;
  }
  switch (kind) {
    case 'detection':
      return parseDetectionRule(map, place, reporter);
    case 'correlation':
      return parseCorrelation(map, place, reporter);
    case 'filter':
      return parseFilter(map, place, reporter);
    default:
      throw new Error(kind satisfies never);
  }
}
