import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * dataModule is the source of a module whose default export is plain data. JSON.parse of one string starts several times
 * faster than the same object as source. https://v8.dev/blog/cost-of-javascript-2019#json
 */
export function dataModule(data: unknown, note: string): string {
  // Single quotes, since JSON is full of double ones.
  const literal = JSON.stringify(data).replaceAll(/[\\'\u2028\u2029]/g, (char) => escapes[char] ?? char);
  return `// ${note}\nexport default JSON.parse('${literal}');\n`;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** writeWhole writes a file that another process may be reading: it sees the old one or the new one, never half. */
export async function writeWhole(out: string, text: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  const part = `${out}.${process.pid}.part`;
  try {
    await writeFile(part, text);
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
