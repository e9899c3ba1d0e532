/** Tags of an INCAR and their values, in capitals, as VASP reads them: `#` and `!` begin comments, `;` parts statements. */
export function incarTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split('\n'))
    for (const statement of line.replace(/[#!].*$/, '').split(';')) {
      const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(statement) ?? [];
      // of a tag that is given twice VASP takes the first
      if (name !== undefined && !tags.has(name.toUpperCase())) tags.set(name.toUpperCase(), value!);
    }
  return tags;
}

/** The INCAR with some tags set: in the lines where they stood, the others at its end. Comments of other lines stay. */
export function withTags(text: string, changes: Readonly<Record<string, string>>): string {
  const rest = new Map(Object.entries(changes).map(([name, value]) => [name.toUpperCase(), value]));
  if (rest.size === 0) return text;
  const lines = text.trimEnd().split('\n');
  const out = lines.flatMap((line) => {
    const tags = incarTags(line);
    if (![...tags.keys()].some((name) => rest.has(name) || name in changes)) return [line];
    return [...tags].flatMap(([name, value]) => {
      const changed = rest.get(name);
      rest.delete(name);
      // a tag that stood twice stands once
      if (changed === undefined && name in changes) return [];
      return [`${name} = ${changed ?? value}`];
    });
  });
  return `${[...out, ...[...rest].map(([name, value]) => `${name} = ${value}`)].join('\n')}\n`;
}

/**
 * Tags that change how electrons converge and how the work is shared out, not what they converge to: they may differ between the
 * structures of a data set.
 */
export const CONVERGENCE_TAGS: readonly string[] = [
  ...['ALGO', 'IALGO', 'NELM', 'NELMIN', 'NELMDL', 'TIME', 'LSUBROT', 'NSIM', 'ISTART', 'ICHARG', 'INIWAV'],
  ...['AMIX', 'BMIX', 'AMIX_MAG', 'BMIX_MAG', 'AMIN', 'IMIX', 'INIMIX', 'MAXMIX', 'MIXPRE', 'WC'],
  ...['NCORE', 'NPAR', 'KPAR', 'LPLANE', 'LSCALAPACK', 'LWAVE', 'LCHARG', 'NWRITE', 'SYSTEM'],
];
