import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

interface Grammar {
  validate(sql: string): readonly { readonly startLine: number; readonly message: string }[];
}

const root = join(import.meta.dirname, '..', '..');

/** trinoGrammar is Trino's grammar, which Athena's engine 3 speaks. The package loads under Node only when bundled. */
export async function trinoGrammar(): Promise<Grammar> {
  const bundle = join(root, '.build', 'trino-grammar.mjs');
  if (!existsSync(bundle)) {
    await build({
      stdin: { contents: "export { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js'", resolveDir: root },
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
  }
  const { TrinoSQL } = (await import(pathToFileURL(bundle).href)) as { readonly TrinoSQL: new () => Grammar };
  return new TrinoSQL();
}
