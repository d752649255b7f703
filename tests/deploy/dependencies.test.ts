import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const { allowScripts } = read('package.json') as { readonly allowScripts: Readonly<Record<string, boolean>> };

const installed = Object.entries(packages)
  .filter(([folder]) => folder !== '')
  .map(([folder, locked]) => ({ name: folder.split('node_modules/').at(-1) ?? folder, ...locked }));

/** Licences that ask for no more than to be named, and so may go into a bundle that others are given. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];
/** Further licences that tools may have: nothing of theirs is in a bundle. */
const ofTools = ['BlueOak-1.0.0', 'CC-BY-4.0', 'CC0-1.0', 'PSF-2.0', 'Python-2.0'];

describe('dependencies', () => {
  test('each comes from the registry, as the version and the content that were locked', () => {
    expect(installed.length).toBeGreaterThan(200);
    const other = installed.filter(
      ({ version, resolved, integrity }) =>
        version === undefined ||
        // Without an address it is the registry's, whichever mirror of it is asked.
        (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')) ||
        integrity?.startsWith('sha512-') !== true,
    );
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    { what: 'what users get', of: (one: Locked) => one.dev !== true && one.devOptional !== true, allowed: permissive },
    {
      what: 'tools',
      of: (one: Locked) => one.dev === true || one.devOptional === true,
      allowed: [...permissive, ...ofTools],
    },
  ])('$what has a licence that allows it', ({ of, allowed }) => {
    const others = installed
      .filter(of)
      .filter(({ license }) => !alternatives(license).some((all) => all.every((one) => allowed.includes(one))))
      .map(({ name, license }) => `${name}: ${license ?? 'none'}`);
    expect(others).toEqual([]);
  });

  test('none runs a script when it is installed but those that package.json decides on', () => {
    const scripts = [...new Set(installed.flatMap(({ name, hasInstallScript }) => (hasInstallScript ? [name] : [])))];
    expect(scripts.filter((name) => !(name in allowScripts))).toEqual([]);
    // A decision on a package that has none any more would let a later one in.
    expect(Object.keys(allowScripts).filter((name) => !scripts.includes(name))).toEqual([]);
  });
});

/** alternatives reads `A OR B` and `A AND B` of an SPDX expression: any of the lists, each of its licences. */
function alternatives(license = ''): string[][] {
  return license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .map((all) => all.split(' AND '));
}
