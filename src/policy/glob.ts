/**
 * covers says whether a pattern matches everything that another pattern matches, `*` standing for any characters and `?` for one.
 * A text without wildcards is a pattern as well. It may say no where the truth is yes, never the other way round.
 */
export function covers(pattern: string, other: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < other.length) {
    const wanted = pattern[inPattern];
    const given = other[at];
    if (wanted === '*') {
      star = inPattern++;
      resume = at;
    } else if (wanted === given || (wanted === '?' && given !== '*')) {
      inPattern++;
      at++;
    } else if (star !== -1) {
      inPattern = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

/** overlap says whether any text matches both patterns. Its time is bounded by the two lengths multiplied. */
export function overlap(one: string, other: string): boolean {
  // reachable[j]: what was read of `one` and the first j characters of `other` can stand for the same text.
  let reachable = new Uint8Array(other.length + 1);
  const close = (row: Uint8Array): void => {
    for (let j = 0; j < other.length; j += 1) if (row[j] === 1 && other[j] === '*') row[j + 1] = 1;
  };
  reachable[0] = 1;
  close(reachable);
  for (const char of one) {
    const next = new Uint8Array(other.length + 1);
    for (let j = 0; j <= other.length; j += 1) {
      if (reachable[j] !== 1) continue;
      const facing = other[j];
      if (char === '*') next[j] = 1;
      if (facing === undefined) continue;
      if (facing === '*') next[j] = 1;
      else if (char === '?' || facing === '?' || char === facing) next[j + 1] = 1;
    }
    // A star takes as many of the other's characters as there are.
    if (char === '*') for (let j = 0; j < other.length; j += 1) if (next[j] === 1) next[j + 1] = 1;
    close(next);
    reachable = next;
  }
  return reachable[other.length] === 1;
}

/** hasWildcard says whether a pattern can match more than one text. */
export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}
