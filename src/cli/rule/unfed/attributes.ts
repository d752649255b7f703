import { nearestOf, type Remark, type RuleMeta } from '../../../sigma/index.ts';

/** Attributes that Trailwatch reads beside Sigma's. */
const ours = ['runbook', 'groupby', 'controls'];

/** Attributes of Sigma, also those that nobody here reads. https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html */
const ofSigma = (
  'title id name related taxonomy status description license author references date modified logsource detection fields ' +
  'falsepositives level tags scope correlation filter generate'
).split(' ');

/** attributeRemarks warns of an attribute that is a slip of the pen away from one that is read. */
export function attributeRemarks({ custom }: RuleMeta): readonly Remark[] {
  return Object.keys(custom).flatMap((name) => {
    if (ours.includes(name) || ofSigma.includes(name) || name.startsWith('logsource.')) return [];
    const near = nearestOf(name.toLowerCase(), [...ours, ...ofSigma]);
    if (near === undefined) return [];
    return [
      { code: 'near-attribute', message: `nothing reads the attribute ${JSON.stringify(name)}; did you mean ${near}?` },
    ];
  });
}
