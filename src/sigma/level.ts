/** levels are Sigma's, from least to most severe. https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;

export type Level = (typeof levels)[number];

/** isAtLeast compares two levels by severity. */
export function isAtLeast(level: Level, floor: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(floor);
}
