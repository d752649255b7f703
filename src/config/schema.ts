import * as v from 'valibot';

/** text is a text that is not empty. */
export function text() {
  return v.pipe(v.string('must be a text'), v.trim(), v.minLength(1, 'must not be empty'), v.maxLength(500));
}

/** object is a map that refuses unknown keys: a misspelled key must not become the default. */
export function object<Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries).join(', ');
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'Object') return `must be a map with the keys ${known}`;
    return issue.expected === 'never' ? `unknown key: known here are ${known}` : 'is missing';
  });
}
