import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { labelSchema } from '../../../src/config/label-schema.js';
import { jobId, type Label, type Labeller } from '../../../src/engines/labelling/labeller.js';
import { canStart } from '../../../src/engines/lammps/native.js';
import { SILENT } from '../../../src/engines/progress.js';
import { NEVER_STOP } from '../../../src/engines/stop.js';
import { multiplyRows, type Structure, volume } from '../../../src/structures/structure.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';
import { rotation } from '../../structures/arbitrary.js';
import { copperCell } from './copper-cells.js';

const PYTHON = '/usr/bin/python3';
/** Of the Debian package quantum-espresso-data. */
const PSEUDOPOTENTIAL = '/usr/share/doc/quantum-espresso/examples/XSpectra/pseudo/Cu_US_PBE_3pj_lowE.UPF.gz';
/** The programs and inputs that users are shown. */
const SHOWN = [...readFileSync(new URL('../../../bridges/README.md', import.meta.url), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];

function shown(start: string): string {
  const block = SHOWN.map(([, , text]) => text!).find((text) => text.startsWith(start));
  if (block === undefined) throw new Error(`bridges/README.md shows nothing that starts with ${start}`);
  return block;
}

describe('socket engine with real programs', () => {
  let folder: string;
  let labeller: Labeller | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-programs-'));
  });
  afterEach(async () => {
    await labeller?.close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  async function labelled(settings: object, structures: readonly Structure[]): Promise<Label[]> {
    labeller = await createLabeller(labelSchema.parse({ engine: 'socket', program: 'other', ...settings }), folder);
    const got = new Map<string, Label>();
    const jobs = structures.map((structure) => ({ id: jobId(structure, labeller!.settings), structure }));
    await labeller.label(jobs, {
      directory: join(folder, 'runs'),
      stop: NEVER_STOP,
      progress: SILENT,
      onOutcome(outcome) {
        if ('failure' in outcome) throw new Error(`${outcome.failure.reason}\n${outcome.failure.log}`);
        got.set(outcome.id, outcome.label);
      },
    });
    return jobs.map(({ id }) => got.get(id)!);
  }

  const turned = (structure: Structure): Structure => {
    const turn = rotation([0.3, -1, 2]);
    return { ...structure, cell: multiplyRows(structure.cell, turn), positions: multiplyRows(structure.positions, turn) };
  };

  it('ASE: wants INIT each time, gives energies, forces and stresses of cells as they are', async function () {
    if (spawnSync(PYTHON, ['-c', 'import ase']).status !== 0) {
      console.log(`      skipped: ${PYTHON} has no ASE (Debian package python3-ase)`);
      this.skip();
    }
    writeFileSync(join(folder, 'ase_client.py'), shown('# ase_client.py'));
    const structures = [0, 1, 2, 3].map((k) => copperCell(k).structure);
    structures.push(turned(structures[3]!));
    const labels = await labelled({ command: 'ase_client.py {name}', launcher: PYTHON }, structures);
    // the same in one Python, without a socket
    const code = `import json, sys
from ase import Atoms
from ase.calculators.emt import EMT
out = []
for cell, positions in json.load(sys.stdin):
    atoms = Atoms('Cu4', cell=cell, positions=positions, pbc=True, calculator=EMT())
    out.append([atoms.get_potential_energy(), atoms.get_forces().ravel().tolist(), atoms.get_stress(voigt=False).ravel().tolist()])
print(json.dumps(out))`;
    const rows = (values: Float64Array) => Array.from({ length: values.length / 3 }, (_, k) => [...values.subarray(3 * k, 3 * k + 3)]);
    const input = JSON.stringify(structures.map(({ cell, positions }) => [rows(cell), rows(positions)]));
    const direct = JSON.parse(spawnSync(PYTHON, ['-c', code], { input, encoding: 'utf8' }).stdout) as [number, number[], number[]][];
    for (const [k, { energy, forces, stress }] of labels.entries()) {
      expect(energy).to.be.closeTo(direct[k]![0], 1e-7);
      forces!.forEach((force, i) => {
        expect(force).to.be.closeTo(direct[k]![1][i]!, 1e-7);
      });
      stress!.forEach((value, i) => {
        expect(value).to.be.closeTo(direct[k]![2][i]!, 1e-7);
      });
    }
    expect(labels[4]!.energy).to.be.closeTo(labels[3]!.energy, 1e-9);
  });

  it('Quantum ESPRESSO: wants INIT each time, has the stress that its energies have when the cell changes', async function () {
    this.timeout(300_000);
    if (!canStart('pw.x') || !existsSync(PSEUDOPOTENTIAL)) {
      console.log('      skipped: no pw.x in PATH (Debian packages quantum-espresso and quantum-espresso-data)');
      this.skip();
    }
    writeFileSync(join(folder, 'Cu.UPF'), gunzipSync(readFileSync(PSEUDOPOTENTIAL)));
    const cheap = shown('&control')
      .replace('ecutwfc = 60, ecutrho = 480', 'ecutwfc = 20, ecutrho = 160')
      .replace('degauss = 0.01', 'degauss = 0.05')
      .replace('6 6 6 0 0 0', '1 1 1 1 1 1');
    writeFileSync(join(folder, 'pw.in'), cheap);
    const a = 3.6;
    const cell = multiplyRows([0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0], [1, 0.04, 0.02, 0, 0.97, 0.05, 0, 0, 1.02]);
    const strain = Float64Array.of(0.004, 0.006, -0.003, 0, -0.006, 0.005, 0, 0, 0.005);
    const moved = cell.map((x, k) => x + multiplyRows(cell, strain)[k]!);
    const primitive = (rows: Float64Array): Structure => ({
      cell: rows,
      pbc: [true, true, true],
      species: ['Cu'],
      positions: new Float64Array(3),
    });
    const structures = [primitive(cell), primitive(moved)];
    const [before, after] = await labelled({ command: 'pw.x -ipi {name}:UNIX -in pw.in', inputs: ['pw.in', 'Cu.UPF'] }, structures);
    // the plane waves stay the same, so that the stress is the derivative of the energy: dE = V σ:ε, at the middle of the way
    let work = 0;
    for (let k = 0; k < 9; k++) work += 0.5 * (volume(cell) * before!.stress![k]! + volume(moved) * after!.stress![k]!) * strain[k]!;
    const difference = after!.energy - before!.energy;
    expect(Math.abs(difference)).to.be.greaterThan(0.005);
    expect(work / difference).to.be.closeTo(1, 0.02);
    for (const force of before!.forces!) expect(force).to.be.closeTo(0, 1e-3);
  });
});
