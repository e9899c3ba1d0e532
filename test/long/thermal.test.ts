import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { evaluateInLammps } from '../../src/engines/lammps/evaluate.js';
import { NativeLammps } from '../../src/engines/lammps/native.js';
import { phonopyInPath, runPhonopy } from '../../src/engines/phonopy.js';
import { type BandSegment, bandPath } from '../../src/properties/phonons/band-path.js';
import { displaced, phonopyFiles, readBands } from '../../src/properties/phonons/phonopy-files.js';
import { elementSystem } from '../../src/properties/system.js';
import { mean } from '../../src/properties/thermal/averages.js';
import { BOLTZMANN } from '../../src/properties/thermal/melting-temperatures.js';
import { cubic } from '../../src/structures/lattices.js';
import { compute, published } from '../properties/helpers.js';

describe('molecular dynamics, at length', () => {
  it("Mishin's copper melts where it is known to: five minutes", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['melting']);
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), and coexistence of others with this potential: 1325 to 1327 K
    expect(value('melting_point')).to.be.closeTo(1325, 15);
    expect(verdict('melting_point').detail.uncertainty_k).to.be.within(0.1, 15);
    for (const share of verdict('melting_point').detail.solid_fractions as number[]) expect(share).to.be.within(0.3, 0.7);
  });

  it("Mishin's copper grows with the temperature as its phonons and its stiffness want: two minutes", async function () {
    const { path, lammps } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['thermal_expansion', 'radial_distribution', 'lattice', 'elastic']);
    // copper, SRM 736: 16.6 at 293 K; the potential comes close
    expect(value('thermal_expansion_300')).to.be.closeTo(16.4, 0.4);
    expect(value('thermal_expansion_600')).to.be.greaterThan(value('thermal_expansion_300'));
    expect(verdict('thermal_expansion_300').detail.uncertainty_1e6_per_k).to.be.lessThan(0.5);
    expect(value('rdf_crystal_first_peak')).to.be.closeTo(value('lattice_constant') / Math.SQRT2, 0.03);
    expect(value('rdf_crystal_coordination')).to.be.closeTo(12, 0.3);
    // liquid copper by neutrons at 1423 K: 2.50 Å, 2.77 (Y. Waseda, The Structure of Non-Crystalline Materials, 1980)
    expect(value('rdf_melt_first_peak')).to.be.closeTo(2.5, 0.05);
    expect(value('rdf_melt_first_peak_height')).to.be.closeTo(2.77, 0.3);
    const program = phonopyInPath();
    if (program === undefined) return console.log('      skipped: no phonopy in PATH for the second route');
    // at low temperature a classical crystal grows by k gamma / (B V), gamma the mean of Grueneisen's parameters over all modes
    const files = { 'Cu.eam.alloy': readFileSync(path) };
    const potential = { pairLines: 'pair_style eam/alloy\npair_coeff * * Cu.eam.alloy Cu\n', files, elements: ['Cu'], cutoff: 6 };
    const logarithm = async (a: number) => {
      const { primitive } = bandPath(elementSystem('Cu'), cubic('fcc', 'Cu', a));
      // lines through the zone on a mesh of 8 by 8 that has no line through its centre
      const segments = Array.from({ length: 64 }, (_, k): BandSegment => {
        const [p, q] = [(Math.floor(k / 8) + 0.5) / 8, ((k % 8) + 0.5) / 8];
        return { from: '', to: '', ends: [Float64Array.of(p, q, 0), Float64Array.of(p, q, 1)], length: 1, broken: k > 0 };
      });
      const cells = displaced(primitive, [8, 8, 8], 0.01);
      const results = await evaluateInLammps(new NativeLammps(lammps), potential, cells.structures);
      const out = await runPhonopy(program, ['-c', 'POSCAR', 'phonopy.conf'], phonopyFiles(cells, results, segments, [2, 2, 2]));
      const all = readBands(out['band.yaml'], segments.length, 3).flatMap((points) =>
        points.slice(1).flatMap(({ frequencies }) => frequencies),
      );
      return mean(all.map(Math.log));
    };
    const a = value('lattice_constant');
    const strain = 5e-3;
    const gamma = -((await logarithm(a * (1 + strain))) - (await logarithm(a * (1 - strain)))) / (6 * strain);
    const bulk = value('bulk_modulus_vrh') / 160.2176634;
    const volume = value('atomic_volume');
    const { detail } = verdict('thermal_expansion_300');
    const temperatures = detail.temperatures_k as number[];
    const lengths = detail.lengths_over_static_length as number[];
    // ln L over T at 100 and 200 K, drawn to zero
    const slope = (k: number) => Math.log(lengths[k]!) / temperatures[k]!;
    const atZero = 2 * slope(0) - slope(1);
    expect(atZero).to.be.closeTo((BOLTZMANN * gamma) / (bulk * volume), 0.5e-6);
  });
});
