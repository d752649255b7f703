/** looksLikeJson tells JSON objects and arrays of objects from log lines that begin with a bracket, e.g. `[error] …`. */
export function looksLikeJson(text: string): boolean {
  return /^(?:\{\s*["}]|\[\s*[{[\]])/.test(text);
}
