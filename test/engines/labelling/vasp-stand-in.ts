/**
 * A stand-in for VASP, which cannot be part of the tests. It reads POSCAR, INCAR and POTCAR in its folder as VASP does, takes energy,
 * forces and stress from the built-in Sutton-Chen copper (whatever the elements are called), and writes vasprun.xml and OUTCAR in VASP's
 * layout. STAND_IN says what goes wrong:
 *
 *   unconverged   all NELM electronic steps are taken unless ALGO = All
 *   stuck         all NELM electronic steps are taken
 *   labort        STOPCAR ends the electronic loop before it converges
 *   kill          is killed in the middle of writing
 *   cut           both files end early, exit code 0
 *   cut-xml       vasprun.xml ends early, OUTCAR is whole
 *   hang          writes half and does not end
 *   garbage       vasprun.xml holds something else, exit code 0
 *   nothing       exit code 0 without output
 *   complain      a message of VASP and exit code 1
 *   fewer         one atom less
 *   swapped       elements in another order than in POSCAR
 *   overflow      stars in place of the energy
 *   nonzero       good output, exit code 9
 *
 * `first:MODE` does so in folders that end in `try-1` only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { poscar } from '../../../src/datasets/poscar/schema.js';
import { incarTags } from '../../../src/engines/labelling/vasp/incar.js';
import { builtinModel } from '../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { fractionalPositions } from '../../../src/structures/structure.js';
import { outcarText, type VaspRun, vasprunText } from '../../datasets/helpers/vasp.js';

/** kB in an eV/Å³ (CODATA 2018) */
const KB = 1602.176634;

const given = process.env.STAND_IN ?? '';
const mode = given.startsWith('first:') ? (process.cwd().endsWith('try-1') ? given.slice(6) : '') : given;
const frame = poscar.read(readFileSync('POSCAR', 'utf8'), { file: 'POSCAR' }).frames[0]!;
const tags = incarTags(readFileSync('INCAR', 'utf8'));
const titles = [...readFileSync('POTCAR', 'utf8').matchAll(/TITEL\s*=\s*(.*)/g)].map(([, title]) => title!.trim());
const rows = (values: ArrayLike<number>) =>
  Array.from({ length: values.length / 3 }, (_, k) => [values[3 * k]!, values[3 * k + 1]!, values[3 * k + 2]!]);

function compute(): VaspRun {
  const nelm = Number(tags.get('NELM') ?? 60);
  const { energy, forces, stress } = evaluateEam(new EquationPotential(builtinModel('sutton-chen-cu')), {
    ...frame,
    species: frame.species.map(() => 'Cu'),
  });
  const full = mode === 'stuck' || (mode === 'unconverged' && tags.get('ALGO') !== 'All');
  const symbols = [...new Set(frame.species)];
  const types = symbols.map((symbol, k) => ({
    symbol,
    count: frame.species.filter((each) => each === symbol).length,
    title: titles[k] ?? '',
  }));
  if (mode === 'fewer') types.at(-1)!.count--;
  if (mode === 'swapped') types.reverse();
  const n = types.reduce((sum, { count }) => sum + count, 0);
  const [xx, xy, zx, , yy, yz, , , zz] = Array.from(stress!, (x) => -x * KB);
  return {
    types,
    nelm,
    steps: [
      {
        cell: rows(frame.cell),
        // VASP brings all atoms into the cell
        positions: rows(fractionalPositions(frame).map((x) => x - Math.floor(x))).slice(0, n),
        forces: rows(forces).slice(0, n),
        stress: [xx!, yy!, zz!, xy!, yz!, zx!],
        free: mode === 'overflow' ? Number.NaN : energy,
        sigma0: energy + 0.001,
        electronicSteps: full ? nelm : 12,
      },
    ],
  };
}

const half = (text: string) => text.slice(0, Math.floor(text.length / 2));
process.stdout.write(' running on    1 total cores\n stand-in for vasp.5.4.4\n');
if (mode === 'complain') {
  process.stdout.write(' |  VERY BAD NEWS! internal error in subroutine SGRCON: Found some non-integer element |\n');
  process.exit(1);
}
if (mode === 'nothing') process.exit(0);
const run = compute();
const overflow = (text: string) => text.replaceAll('NaN', '********');
const xml = overflow(vasprunText(run));
const whole = overflow(outcarText(run));
const out = mode === 'labort' ? whole.replaceAll('because EDIFF is reached', 'because hard stop was set') : whole;
if (mode === 'garbage') {
  writeFileSync('vasprun.xml', '\u0000\u0001 no XML at all\n');
  process.exit(0);
}
const cut = ['kill', 'cut', 'hang'].includes(mode);
writeFileSync('vasprun.xml', cut || mode === 'cut-xml' ? half(xml) : xml);
writeFileSync('OUTCAR', cut ? half(out) : out);
if (mode === 'kill') process.kill(process.pid, 'SIGKILL');
if (mode === 'hang') await sleep(600_000);
process.exit(mode === 'nonzero' ? 9 : 0);
