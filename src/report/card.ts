import type { EquationModel } from '../potentials/equation-potential.js';
import { MISSING, milli, significant } from './numbers.js';
import type { Validation, Verdict } from './validation/validation.js';

/** The parts of a run's metrics.json that a card shows. */
export interface CardMetrics {
  complexity: number;
  data: readonly { path: string; sha256: string; frames: number }[];
  fitted: CardErrors;
  crossValidation?: CardErrors | null;
  comparisons: readonly ({ name: string } & CardErrors)[];
  audit: { mended: readonly unknown[]; setAside: readonly unknown[] };
  targets?: readonly { name: string; unit: string; value: number; tolerance: number; found: number }[];
  lammps: { engine: { version: string }; worst: { energyDifferencePerAtom: number; maxForceDifference: number } };
}

interface CardErrors {
  frames: number;
  windows: readonly { from: number | null; to: number | null; frames: number; energy: { mae: number } | null }[];
  forces: { mae: number } | null;
}

/** What a card is made of. */
export interface CardParts {
  model: EquationModel;
  metrics: CardMetrics;
  /** content of equation.txt */
  equation: string;
  /** properties, and which of their potentials this one is */
  validation?: { result: Validation; name: string };
  /** further paragraphs, Markdown */
  notes?: string;
}

/** The model card: what a potential is, what it was made of, how good it is and where it ends, as Markdown. */
export function modelCard({ model, metrics, equation, validation, notes }: CardParts): string {
  return [
    `# ${model.title}`,
    `An embedded-atom potential of ${model.element} in closed form, ${metrics.complexity} nodes, cutoff ${model.cutoff} Å.`,
    '## Equation',
    `\`\`\`text\n${equation.trim()}\n\`\`\``,
    '## Data',
    dataList(metrics),
    '## Errors',
    errorTable(metrics),
    ...(metrics.targets?.length ? ['## Targets', targetTable(metrics.targets)] : []),
    ...(validation ? ['## Properties', propertyTable(validation.result, validation.name)] : []),
    '## Limits of use',
    limits(model, metrics).join('\n'),
    ...(notes ? [notes.trim()] : []),
    '',
  ].join('\n\n');
}

function dataList({ data, audit, lammps }: CardMetrics): string {
  const files = data.map(({ path, sha256, frames }) => `- \`${path}\`: ${frames} frames, SHA-256 \`${sha256.slice(0, 16)}…\``);
  const { mended, setAside } = audit;
  if (mended.length > 0) files.push(`- ${mended.length} frames that contradicted themselves were mended on evidence`);
  if (setAside.length > 0) files.push(`- ${setAside.length} frames that contradict themselves were set aside`);
  const { energyDifferencePerAtom: energy, maxForceDifference: force } = lammps.worst;
  files.push(
    `- LAMMPS (${lammps.engine.version}) reproduces the equation within ${energy.toExponential(0)} eV/atom and ${force.toExponential(0)} eV/Å`,
  );
  return files.join('\n');
}

/** A Markdown table; the first column is text, the others are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, k) => (k === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function errorTable({ fitted, crossValidation, comparisons }: CardMetrics): string {
  const columns = fitted.windows.map(
    ({ from, to, frames }) =>
      `${from === null ? 'up to' : to === null ? 'above' : `${significant(from)} to`} ${significant((to ?? from)!)} eV/atom (${frames})`,
  );
  const forces = fitted.forces !== null;
  const row = (name: string, errors: CardErrors): string[] => [
    name,
    ...errors.windows.map(({ energy }) => milli(energy?.mae)),
    ...(forces ? [milli(errors.forces?.mae)] : []),
  ];
  const rows = [row('fitted', fitted)];
  if (crossValidation) rows.push(row('cross-validated', crossValidation));
  rows.push(...comparisons.map((one) => row(one.name, one)));
  return `Mean absolute errors of the energy in meV/atom${forces ? ' and of the forces in meV/Å' : ''}, by energy (frames).\n\n${table(['', ...columns, ...(forces ? ['forces'] : [])], rows)}`;
}

function targetTable(targets: NonNullable<CardMetrics['targets']>): string {
  const rows = targets.map(({ name, unit, value, tolerance, found }) => [
    `\`${name}\``,
    unit,
    significant(found),
    significant(value),
    `± ${significant(tolerance, 2)}`,
    Math.abs(found - value) <= tolerance ? 'yes' : 'no',
  ]);
  return `Properties that pulled the fit, by the energies that it has seen; within the tolerance nothing pulls.\n\n${table(['target', 'unit', 'found', 'wanted', 'tolerance', 'within'], rows)}`;
}

function propertyTable({ potentials, lammps }: Validation, own: string): string {
  const names = [own, ...Object.keys(potentials).filter((name) => name !== own)];
  const properties = [...new Set(names.flatMap((name) => Object.keys(potentials[name]!)))];
  const rows = properties.flatMap((property): string[][] => {
    const verdicts = names.map((name): Verdict | undefined => potentials[name]![property]);
    const any = verdicts.find((verdict) => verdict !== undefined)!;
    if (verdicts.every((verdict) => verdict === undefined || verdict.status === 'skipped')) return [];
    const { reference } = any;
    const off =
      verdicts[0]?.value != null && reference ? `${significant((100 * (verdicts[0].value - reference)) / Math.abs(reference), 2)} %` : '';
    const value = (verdict: Verdict | undefined): string => {
      if (verdict === undefined) return '';
      if (verdict.value === null) return verdict.status === 'error' ? 'error' : MISSING;
      const { uncertainty } = verdict;
      return `${significant(verdict.value)}${uncertainty ? ` ± ${significant(uncertainty.spread * uncertainty.scale, 2)}` : ''}`;
    };
    return [[`\`${property}\``, any.unit, ...verdicts.map(value), reference === null ? '' : significant(reference), off]];
  });
  const bars = names.some((name) => Object.values(potentials[name]!).some(({ uncertainty }) => uncertainty));
  return `By \`eqpot validate\` with LAMMPS ${lammps.version}; names, cells and methods: docs/validation.md. The last column is the deviation of the first potential.${bars ? ' ±: one standard deviation over its committee, scaled to the errors of held-out energies.' : ''}\n\n${table(['property', 'unit', ...names, 'reference', 'off'], rows)}`;
}

function limits({ element, range, core, cutoff, cutoffStyle }: EquationModel, metrics: CardMetrics): string[] {
  const out = [`- ${element} alone: no other elements, no charges, no magnetism; angles enter only through the density.`];
  if (range) {
    out.push(`- The data has no two atoms closer than ${range.shortest.toFixed(2)} Å.`);
    if (range.lowestDensity !== undefined && range.highestDensity !== undefined)
      out.push(
        `- Densities in the data go from ${significant(range.lowestDensity, 3)} to ${significant(range.highestDensity, 3)}; \`eqpot evaluate\` says how far a structure is outside of what the fit has seen.`,
      );
  }
  out.push(
    core.kind === 'none'
      ? '- There is no repulsive core: not for collisions.'
      : `- Below ${core.outer} Å a ${core.kind === 'zbl' ? 'nuclear (ZBL)' : 'straight'} repulsion takes over, which no data has tested: good enough to keep atoms apart, not for cascades.`,
  );
  out.push(`- Atoms further apart than ${cutoff} Å do not interact${cutoffStyle === 'shift' ? ', and forces jump there' : ''}.`);
  const missed = metrics.targets
    ?.filter(({ value, tolerance, found }) => Math.abs(found - value) > tolerance)
    .map(({ name }) => `\`${name}\``);
  if (missed?.length) out.push(`- Outside of their tolerance in the fit: ${missed.join(', ')}.`);
  return out;
}
