/** RegexError is why a regular expression is refused, for a person. */
export class RegexError extends Error {}
