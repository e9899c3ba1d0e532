import type { Check } from '../check.js';
import type { AuditContext } from '../context.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group.js';

/**
 * The same structure more than once: up to translation, rotation, numbering and repetition. With the same energy it only counts
 * twice; with another one, a label is wrong. Between files the energies are compared up to one constant.
 */
export const duplicates: Check = {
  name: 'duplicates',
  description: 'structures that are there more than once',
  run(context) {
    const twin = context.twins();
    const groups = groupBy(context.frames.keys(), (i) => twin[i]!);
    const clusters = [...groups.values()].filter((members) => members.length > 1);
    const shift = fileShifts(context, clusters);
    const findings: Finding[] = [];
    for (const members of clusters) {
      const energies = members.flatMap((i) => {
        const { energy, species } = context.frames[i]!;
        return energy === undefined ? [] : [energy / species.length - shift[context.fileOf[i]!]!];
      });
      const range = energies.length > 1 ? Math.max(...energies) - Math.min(...energies) : 0;
      const conflict = range > context.settings.conflict;
      findings.push({
        check: 'duplicates',
        severity: conflict ? 'warning' : 'note',
        frames: members,
        message: conflict ? 'the same structure with different energies' : 'the same structure with the same energy',
        evidence: { 'energies differ by, meV/atom': Number((1000 * range).toPrecision(3)) },
        remedy: 'none',
      });
    }
    return findings;
  },
};

/** Energies of the same structures in each file against the first file that shares some with it, median, eV/atom. */
export function fileShifts(context: AuditContext, clusters: readonly number[][]): number[] {
  const shift: number[] = [];
  const perAtom = (i: number) => context.frames[i]!.energy! / context.frames[i]!.species.length;
  for (let file = 0; file < context.files.length; file++) {
    const differences = clusters.flatMap((members) => {
      const known = members.filter((i) => context.frames[i]!.energy !== undefined);
      const others = known.filter((i) => context.fileOf[i]! < file);
      return known
        .filter((i) => context.fileOf[i] === file)
        .flatMap((i) => others.map((j) => perAtom(i) - perAtom(j) + shift[context.fileOf[j]!]!));
    });
    differences.sort((a, b) => a - b);
    shift.push(differences[differences.length >> 1] ?? 0);
  }
  return shift;
}
