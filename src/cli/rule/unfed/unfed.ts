import type { RecordSource } from '../../../model/log-record.ts';
import {
  type DetectionRule,
  type LoweredRule,
  type LoweredRuleSet,
  type Problem,
  type Remark,
  type SigmaDocument,
} from '../../../sigma/index.ts';
import { shown } from '../../../text/escape.ts';
import { itemsOf } from '../search-items.ts';
import { attributeRemarks } from './attributes.ts';
import { logSourceRemarks } from './log-source.ts';
import { parameterRemarks } from './parameters.ts';
import { modifierRemarks, pathRemarks } from './paths.ts';

/** The codes of these warnings. */
const codes: ReadonlySet<string> = new Set([
  'unfed-logsource',
  'near-attribute',
  'unmatched-path',
  'single-all',
  'escaped-placeholder',
  'unknown-parameter',
]);

/** isUnfed recognises the warnings of this folder. */
export function isUnfed(code: string): boolean {
  return codes.has(code);
}

/**
 * unfedProblems warns of what makes a rule that loads never fire: a log source, a path or a parameter that no record has, and
 * attributes that nothing reads. `sources` are the log sources of all records that there can be.
 */
export function unfedProblems(
  documents: readonly SigmaDocument[],
  ruleSet: LoweredRuleSet,
  sources: readonly RecordSource[],
): readonly Problem[] {
  return documents.flatMap((document) => {
    const { place } = document;
    return remarksOn(document, ruleSet, sources).map(({ code, message, line }): Problem => ({
      ...place,
      line: line ?? place.line,
      severity: 'warning',
      code,
      message,
    }));
  });
}

function remarksOn(
  document: SigmaDocument,
  ruleSet: LoweredRuleSet,
  sources: readonly RecordSource[],
): readonly Remark[] {
  const attributes = attributeRemarks(document.meta);
  if (document.kind === 'correlation') return attributes;
  const { logsource, detection } = document;
  const items = [...detection.searches.values()].flatMap(itemsOf);
  const lowered = document.kind === 'detection' ? loweredOf(document, ruleSet) : undefined;
  const isTrail = logsource.product === 'aws' && logsource.service === 'cloudtrail';
  return [
    ...attributes,
    ...logSourceRemarks(logsource, sources),
    ...items.flatMap((item) => [...pathRemarks(item), ...modifierRemarks(item)]),
    ...(isTrail && lowered !== undefined ? parameterRemarks(lowered, items) : []),
  ];
}

/** The rule that a document was lowered to; none when it was refused. */
function loweredOf({ meta, place }: DetectionRule, { detections }: LoweredRuleSet): LoweredRule | undefined {
  const key = meta.id ?? meta.name ?? meta.title;
  return detections.find((rule) => rule.path === place.path && rule.key === key);
}

/** unfedLines says the warnings in few lines: a log source that many rules ask for is one. */
export function unfedLines(problems: readonly Problem[], limit: number): readonly string[] {
  const byMessage = Map.groupBy(problems, ({ code, message }) => `${code} ${message}`);
  const lines = [...byMessage.values()].map((same) => {
    const [first] = same;
    const more = same.length > 1 ? ` (and ${same.length - 1} more rules)` : '';
    return `${shown(first?.path ?? '')}:${first?.line ?? 1}: warning: ${shown(first?.message ?? '', 300)}${more}`;
  });
  const rest = lines.length - limit;
  return rest > 0
    ? [...lines.slice(0, limit), `… and ${rest} more warnings; \`trailwatch rule check\` lists all`]
    : lines;
}
