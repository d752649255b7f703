/**
 * A framework whose controls rules and reports name, with the short name that stands before a control's number: `CIS-4.3`.
 * A new one is a row; reports write the framework's name in full.
 */
const frameworks = [
  { short: 'CIS', framework: 'CIS AWS Foundations 3.0.0' },
  { short: 'PCI', framework: 'PCI DSS 4.0.1' },
  { short: 'SOC2', framework: 'SOC 2' },
  { short: 'NIST', framework: 'NIST 800-53 Rev. 5' },
] as const;

/** Control is one requirement of a framework. */
export interface Control {
  readonly framework: string;
  readonly id: string;
}

/** readControl reads a control by its short name (`CIS-4.3`, `SOC2-CC7.2`); undefined for a framework that is not known, and without a number. */
export function readControl(text: string): Control | undefined {
  const at = text.indexOf('-');
  const row = frameworks.find(({ short }) => short === text.slice(0, at).toUpperCase());
  const id = text.slice(at + 1);
  return row === undefined || !/^[A-Z0-9][A-Z0-9().-]*$/i.test(id) ? undefined : { framework: row.framework, id };
}

/** isOf says whether a control is meant by a name: itself (`CIS-4.3`), or all of its framework (`cis`, `PCI DSS`). */
export function isOf(name: string, control: string): boolean {
  const wanted = name.toLowerCase();
  if (control.toLowerCase() === wanted) return true;
  const found = readControl(control);
  return (
    found !== undefined &&
    readControl(name) === undefined &&
    `${control.split('-')[0]} ${found.framework}`.toLowerCase().includes(wanted)
  );
}
