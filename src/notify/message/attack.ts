/** Technique is a MITRE ATT&CK technique or tactic that a rule's tags name. */
export interface Technique {
  /** `T1078.004`, or a tactic's name such as `initial-access`. */
  readonly id: string;
  readonly url: string;
}

// Tactics that tags name in words. https://attack.mitre.org/tactics/enterprise/
const tactics: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043',
  'resource-development': 'TA0042',
  'initial-access': 'TA0001',
  execution: 'TA0002',
  persistence: 'TA0003',
  'privilege-escalation': 'TA0004',
  'defense-evasion': 'TA0005',
  'credential-access': 'TA0006',
  discovery: 'TA0007',
  'lateral-movement': 'TA0008',
  collection: 'TA0009',
  'command-and-control': 'TA0011',
  exfiltration: 'TA0010',
  impact: 'TA0040',
};

const techniqueTag = /^attack\.(t\d{4})(?:\.(\d{3}))?$/;

/** techniquesOf lists the ATT&CK techniques and tactics of Sigma tags such as `attack.t1078.004`; other tags are left out. */
export function techniquesOf(tags: readonly string[]): readonly Technique[] {
  return tags.flatMap((tag) => techniqueOf(tag.toLowerCase()) ?? []);
}

function techniqueOf(tag: string): Technique | undefined {
  const [, technique, sub] = techniqueTag.exec(tag) ?? [];
  if (technique !== undefined) {
    const parts = [technique.toUpperCase(), ...(sub === undefined ? [] : [sub])];
    return { id: parts.join('.'), url: `https://attack.mitre.org/techniques/${parts.join('/')}/` };
  }
  if (!tag.startsWith('attack.')) return undefined;
  // Sigma 2.0 writes `initial-access`, older rules `initial_access`.
  const name = tag.slice('attack.'.length).replaceAll('_', '-');
  const id = Object.hasOwn(tactics, name) ? tactics[name] : undefined;
  return id === undefined ? undefined : { id: name, url: `https://attack.mitre.org/tactics/${id}/` };
}
