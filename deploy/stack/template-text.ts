/** templateText writes a template with a line for each resource: as small as it is uploaded, and still to be compared line by line. */
export function templateText(template: object): string {
  const sections = Object.entries(template).map(([name, section]: [string, unknown]) => {
    if (typeof section !== 'object' || section === null) return `${JSON.stringify(name)}:${JSON.stringify(section)}`;
    const lines = Object.entries(section).map(([id, one]) => `${JSON.stringify(id)}:${JSON.stringify(one)}`);
    return `${JSON.stringify(name)}:{\n${lines.join(',\n')}\n}`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}
