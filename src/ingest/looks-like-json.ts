/** looksLikeJson recognises JSON objects and arrays of objects; log lines may begin with a bracket too, e.g. `[error] …`. */
export function looksLikeJson(text: string): boolean {
  return /^(?:\{\s*["}]|\[\s*[{[\]])/.test(text);
}
