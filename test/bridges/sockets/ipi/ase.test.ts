import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtinModel } from '../../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../../src/potentials/evaluate-eam.js';
import { eqpot } from '../../../cli/run-cli.js';

/** The system's Python, which is the one that distributions install ASE for. */
const PYTHON = '/usr/bin/python3';

const SCRIPT = `
import json, sys
import numpy as np
from ase import units
from ase.build import bulk
from ase.calculators.socketio import SocketIOCalculator
from ase.md.verlet import VelocityVerlet
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution

name, output = sys.argv[1:]
rng = np.random.default_rng(1)
where = dict(port=int(name)) if name.isdigit() else dict(unixsocket=name)
results = []
with SocketIOCalculator(**where) as calculator:
    atoms = bulk('Cu', cubic=True) * (2, 2, 2)
    # sheared, turned by 30 degrees, and some atoms in other cells
    cell = atoms.cell @ (np.eye(3) + 0.05 * rng.standard_normal((3, 3)))
    atoms.set_cell(cell, scale_atoms=True)
    atoms.rotate(30, (1, 2, 3), rotate_cell=True)
    atoms.positions += 0.05 * rng.standard_normal(atoms.positions.shape)
    atoms.positions[:5] += 3 * atoms.cell[0] - 2 * atoms.cell[2]
    atoms.calc = calculator
    results.append(dict(cell=atoms.cell.tolist(), positions=atoms.positions.tolist(), energy=atoms.get_potential_energy(),
                        forces=atoms.get_forces().tolist(), stress=atoms.get_stress(voigt=False).tolist()))
    crystal = bulk('Cu', cubic=True) * (2, 2, 2)
    crystal.calc = calculator
    MaxwellBoltzmannDistribution(crystal, temperature_K=600, rng=rng)
    md = VelocityVerlet(crystal, timestep=2 * units.fs)
    energies, potential = [], []
    for step in range(100):
        md.run(1)
        energies.append(crystal.get_total_energy())
        potential.append(crystal.get_potential_energy())
json.dump(dict(results=results, energies=energies, potential=potential), open(output, 'w'))
`;

describe('eqpot ipi for ASE', () => {
  let folder: string;
  before(function () {
    if (spawnSync(PYTHON, ['-c', 'import ase']).status !== 0) {
      console.log(`      skipped: ${PYTHON} has no ASE (Debian package python3-ase)`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'eqpot-ase-'));
    writeFileSync(join(folder, 'run.py'), SCRIPT);
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('gives SocketIOCalculator the energies, forces and stresses of the model, and an MD run that keeps its energy', async () => {
    const name = `eqpot_ase_${process.pid}`;
    const python = spawn(PYTHON, [join(folder, 'run.py'), name, join(folder, 'result.json')], { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => python.once('close', resolve));
    const { code, stderr } = await eqpot(['ipi', 'sutton-chen-cu', '--socket', `unix:${name}`]);
    expect(await ended).to.equal(0);
    expect([code, stderr]).to.deep.equal([0, '102 structures; the server closed the connection\n']);
    const { results, energies, potential } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
    const [first] = results;
    const exact = evaluateEam(new EquationPotential(builtinModel('sutton-chen-cu')), {
      cell: Float64Array.from(first.cell.flat()),
      positions: Float64Array.from(first.positions.flat()),
      species: new Array(32).fill('Cu'),
      pbc: [true, true, true],
    });
    expect(first.energy / 32).to.be.closeTo(exact.energy / 32, 1e-7);
    first.forces.flat().forEach((force: number, k: number) => {
      expect(force).to.be.closeTo(exact.forces[k]!, 1e-6);
    });
    first.stress.flat().forEach((stress: number, k: number) => {
      expect(stress).to.be.closeTo(exact.stress![k]!, 1e-7);
    });
    const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
    // the potential energy takes up eV while the sum holds
    expect(spread(potential)).to.be.greaterThan(0.5);
    expect(spread(energies) / 32).to.be.lessThan(2e-4);
  });
});
