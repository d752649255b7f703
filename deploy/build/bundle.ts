import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Entry is a function to bundle: `functions/x.ts`, which is `functions/x.mjs` in its package. */
export interface Entry {
  readonly key: string;
  /** As the template names it: `functions/x.handler`. */
  readonly handler: string;
}

export interface Bundle {
  readonly key: string;
  /** The folder that holds the bundle below its handler's own path. */
  readonly folder: string;
  readonly file: string;
}

/**
 * bundleFunctions makes one file of each function, `<out>/<key>/functions/x.mjs`, and writes what each is made of to
 * `<out>/<key>.json`. All are made in one build, which reads what they share once.
 */
export async function bundleFunctions(
  root: string,
  entries: readonly Entry[],
  out: string,
): Promise<readonly Bundle[]> {
  const bundles = entries.map(({ key, handler }) => {
    const source = handler.slice(0, handler.lastIndexOf('.'));
    return { key, source, folder: join(out, key), file: join(out, key, `${source}.mjs`) };
  });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: bundles.map(({ key, source }) => ({ in: `${source}.ts`, out: `${key}/${source}` })),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // The AWS SDK offers Node its CommonJS build first, which can't be shaken.
    conditions: ['module'],
    minify: true,
    // Names of functions and classes stay readable in stack traces and in metrics by error name.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: {
      // CommonJS dependencies call `require`, which an ES module doesn't have.
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  await Promise.all(
    bundles.map(({ key, source }) =>
      writeFile(join(out, `${key}.json`), JSON.stringify(partOf(metafile, `${key}/${source}.mjs`))),
    ),
  );
  return bundles.map(({ key, folder, file }) => ({ key, folder, file }));
}

/** partOf gives the part of a metafile that is about one output. */
function partOf({ outputs }: Metafile, file: string): Pick<Metafile, 'outputs'> {
  return { outputs: Object.fromEntries(Object.entries(outputs).filter(([output]) => output.endsWith(`/${file}`))) };
}
