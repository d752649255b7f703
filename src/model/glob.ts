/**
 * matchesGlob is true when a whole name fits a pattern in which `*` stands for any characters, slashes included, and
 * everything else for itself. Its time is bounded by the two lengths multiplied, whatever they say.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      resume = at;
    } else if (pattern[inPattern] === name[at]) {
      inPattern++;
      at++;
    } else if (star !== -1) {
      // What the last star stands for grows by one; earlier stars never need to.
      inPattern = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
