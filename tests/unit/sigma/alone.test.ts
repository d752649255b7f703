import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** src/sigma could be a package of its own: copied out with one dependency, it builds, and plain Node runs a rule. */
const folder = mkdtempSync(join(tmpdir(), 'sigma-alone-'));
const options = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  types: ['node'],
  typeRoots: [resolve('node_modules/@types')],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  declaration: true,
  skipLibCheck: true,
  rootDir: 'src',
  outDir: 'built',
};

beforeAll(() => {
  cpSync('src/sigma', join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  cpSync('node_modules/yaml', join(folder, 'node_modules/yaml'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = { eventName: 'ConsoleLogin', userIdentity: { type: 'Root' } };
const rule = `title: Root signed in
level: high
logsource: { product: aws, service: cloudtrail }
detection:
  root: { userIdentity.type: root, eventName|startswith: Console }
  condition: root
`;

/** The README's own lines, around the rule and the record. */
function program(): string {
  const [, lines = ''] = /```ts\n([^]*?)```/.exec(readFileSync('src/sigma/README.md', 'utf8')) ?? [];
  const given = `const text = ${JSON.stringify(rule)};\nconst fields = ${JSON.stringify(record)};\n`;
  return lines.replace('./index.ts', './built/index.js').replace('\n\n', `\n${given}`);
}

test('it builds alone, and plain Node runs a rule as the README shows', () => {
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' });
  writeFileSync(join(folder, 'run.mjs'), program());
  const env = { ...process.env, NODE_OPTIONS: '' };
  const out = execFileSync(process.execPath, ['run.mjs'], { cwd: folder, env, encoding: 'utf8' });
  expect(out).toContain('Root signed in');
  expect(out).toContain(`value: 'Root'`);
}, 60_000);

test('what only matches loads no YAML', () => {
  rmSync(join(folder, 'node_modules/yaml'), { recursive: true });
  const script = `import { compileMatcher } from './built/match.js';
    const expr = { kind: 'field', field: 'a', test: { kind: 'exists' } };
    console.log(compileMatcher(expr)({ a: 1 }));`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(out).toBe('true\n');
});
