import {
  conjunctionsOf,
  literalOf,
  nearestOf,
  type DetectionItem,
  type Literal,
  type LoweredRule,
  type Remark,
} from '../../../sigma/index.ts';
import { awsCalls } from '../aws-calls/calls.ts';

const prefix = 'requestParameters.';

/**
 * parameterRemarks warns of a request parameter that none of the calls has which the same alternative of the rule names. Calls
 * whose parameters CloudTrail names otherwise than the SDK (EC2's, S3's) are left out.
 */
export function parameterRemarks({ expr }: LoweredRule, items: readonly DetectionItem[]): readonly Remark[] {
  const remarks = new Map<string, Remark>();
  for (const literals of conjunctionsOf(expr) ?? []) {
    const known = parametersOf(literals);
    if (known === undefined) continue;
    for (const { leaf } of literals) {
      if ((leaf.kind !== 'field' && leaf.kind !== 'element') || !leaf.field.startsWith(prefix)) continue;
      const [name = ''] = leaf.field.slice(prefix.length).split('.', 1);
      const remark = remarkOn(name, known);
      if (remark === undefined) continue;
      const line = items.find(({ field }) => field.startsWith(prefix + name))?.line;
      remarks.set(name, { ...remark, ...(line !== undefined && { line }) });
    }
  }
  return [...remarks.values()];
}

interface Known {
  /** What the rule calls them: `CreateUser`, `CreateUser or CreateRole`. */
  readonly calls: string;
  readonly parameters: readonly string[];
}

/** The parameters of the calls that one alternative of a rule names; undefined where it names none, or one with other names. */
function parametersOf(literals: readonly Literal[]): Known | undefined {
  const names = textsOf(literals, 'eventName');
  if (names.length === 0) return undefined;
  const given = textsOf(literals, 'eventSource');
  const parameters = new Set<string>();
  for (const name of names) {
    const sources = given.length > 0 ? given : awsCalls().sourcesOf(name);
    if (sources.length === 0) return undefined;
    for (const source of sources) {
      const own = awsCalls().parametersOf(source, name);
      // Of several sources, one may not have the call at all.
      if (own === undefined && given.length !== 1) continue;
      if (own === undefined) return undefined;
      for (const parameter of own) parameters.add(parameter);
    }
  }
  const shown = names.length > 3 ? `none of its ${names.length} calls` : names.join(' or ');
  return parameters.size === 0 ? undefined : { calls: shown, parameters: [...parameters] };
}

/** CloudTrail writes the first letter small, `dBInstanceIdentifier`, but for a few services, such as Security Hub. */
function asTrail(parameter: string): string {
  return parameter.charAt(0).toLowerCase() + parameter.slice(1);
}

function remarkOn(name: string, { calls, parameters }: Known): Remark | undefined {
  if (parameters.some((one) => one === name || asTrail(one) === name)) return undefined;
  const code = 'unknown-parameter';
  const spelled = parameters.find((one) => one.toLowerCase() === name.toLowerCase());
  if (spelled !== undefined) {
    return {
      code,
      message: `CloudTrail writes the parameter ${JSON.stringify(name)} of ${calls} as ${asTrail(spelled)}`,
    };
  }
  const near = nearestOf(
    name.toLowerCase(),
    parameters.map((one) => one.toLowerCase()),
  );
  const meant = parameters.find((one) => one.toLowerCase() === near);
  const hint = meant === undefined ? ` (by ${awsCalls().origin})` : `; did you mean ${asTrail(meant)}?`;
  const subject = calls.startsWith('none of') ? `${calls} has` : `${calls} has no`;
  return {
    code,
    message: `${subject} ${calls.startsWith('none of') ? 'a ' : ''}parameter ${JSON.stringify(name)}${hint}`,
  };
}

function textsOf(literals: readonly Literal[], field: string): readonly string[] {
  return literals.flatMap(({ leaf, negated }) => {
    if (negated || leaf.kind !== 'field' || leaf.field !== field || leaf.test.kind !== 'pattern') return [];
    const texts = leaf.test.patterns.map(literalOf);
    // A name with wildcards may stand for any call.
    return texts.every((text) => text !== undefined) ? texts : [];
  });
}
