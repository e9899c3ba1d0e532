import { EquationNetwork } from '../../fitting/equation-network.js';
import { committeeSpread } from '../../potentials/committee.js';
import { EquationPotential } from '../../potentials/equation-potential.js';
import type { Structure } from '../../structures/structure.js';
import { readFront } from '../front-file.js';
import { trainedIn } from './trained.js';

/** Equations whose loss is within this factor of the best fit the data about as well. */
const ABOUT_AS_GOOD = 3;
/** Losses that differ by less do not count, eV/atom. */
const NEGLIGIBLE = 1e-4;
/** Members of the committee. */
const MOST = 8;

/**
 * How far the equations of a front that fit the data about equally well differ about a structure: they have other terms, so they differ
 * where the data say little. Where only one fits that well, nothing differs.
 * @param trained folder of a fit
 * @returns standard deviation of the energy, eV/atom
 */
export function frontSpread(trained: string): (structure: Structure) => number {
  const { potential: chosen } = trainedIn(trained);
  if (!(chosen instanceof EquationPotential)) throw new Error('only equations have a front');
  const { model } = chosen;
  const rows = [...readFront(trained).rows].sort((a, b) => a.loss - b.loss);
  const limit = ABOUT_AS_GOOD * rows[0]!.loss + NEGLIGIBLE;
  const good = rows.filter(({ loss }) => loss <= limit).slice(0, MOST);
  const members = good.map(({ network, parameters }) => {
    const { pair, density, embedding } = new EquationNetwork(network).equations(parameters);
    const reference = parameters.at(-1)!;
    const { cutoff, cutoffStyle, taperWidth, densityFloor } = network;
    return {
      // below the data all have the core of the chosen one
      potential: new EquationPotential({ ...model, pair, density, embedding, cutoff, cutoffStyle, taperWidth, densityFloor }),
      referenceEnergies: { [model.element]: reference },
    };
  });
  if (members.length < 2) return () => 0;
  const spread = committeeSpread(members);
  return (structure) => spread(structure).energy / structure.species.length;
}
