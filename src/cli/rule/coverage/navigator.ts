import type { Level } from '../../../model/level.ts';
import type { Coverage } from './matrix.ts';
import { attackVersion } from './techniques.ts';

/** The colours of levels, in the layer and on the page. */
export const levelColors: Readonly<Record<Level, string>> = {
  informational: '#d9dee5',
  low: '#a9cbe8',
  medium: '#f3d36b',
  high: '#ef9a5a',
  critical: '#dd5a52',
};

/**
 * navigatorLayer is the matrix as a layer of ATT&CK Navigator, format 4.5: a technique's score is the number of its rules, its
 * colour their highest level. https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
export function navigatorLayer({ tactics, rules, techniques }: Coverage, name: string): object {
  const counts = tactics.flatMap(({ cells }) => cells.map((cell) => cell.rules.length));
  return {
    versions: { attack: attackVersion, navigator: '5.1.0', layer: '4.5' },
    name,
    domain: 'enterprise-attack',
    description: `${rules} rules about ${techniques} techniques. Score: rules; colour: their highest level.`,
    sorting: 0,
    layout: { layout: 'side', showID: true, showName: true, expandedSubtechniques: 'annotated' },
    hideDisabled: false,
    techniques: tactics.flatMap(({ tactic, cells }) =>
      cells.map(({ technique, level, rules: covering }) => ({
        techniqueID: technique,
        tactic,
        score: covering.length,
        color: levelColors[level],
        comment: covering.map((rule) => `${rule.level}: ${rule.title}`).join('\n'),
        enabled: true,
        metadata: [{ name: 'highest level', value: level }],
      })),
    ),
    gradient: { colors: ['#ffffff', '#dd5a52'], minValue: 0, maxValue: Math.max(1, ...counts) },
    legendItems: Object.entries(levelColors).map(([label, color]) => ({ label, color })),
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: false,
  };
}
