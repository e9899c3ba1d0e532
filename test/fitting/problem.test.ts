import { expect } from 'chai';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { coarseProblem, openObjective, subproblem } from '../../src/fitting/problem.js';
import { RandomStream } from '../../src/math/random.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat } from '../../src/structures/structure.js';
import { bondedParameters, SMALL } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(41);
const network = new EquationNetwork(SMALL);
const truth = bondedParameters(network, random);

describe('subproblem', () => {
  const structures = randomCells(random, 8);
  const problem = problemOf(SMALL, structures, truth, { loss: { forces: 0.3, stress: 2 }, noise: 0.05, random });

  it('gives the same predictions and losses as a problem built from those frames', () => {
    const indices = [6, 1, 4];
    const cut = subproblem(problem, indices);
    expect(cut.frames).to.deep.equal(indices.map((s) => problem.frames[s]));
    const p = bondedParameters(network, random);
    const all = openObjective(problem).objective.predict(p);
    const some = openObjective(cut).objective.predict(p);
    indices.forEach((s, t) => {
      expect(some.energies[t]).to.be.closeTo(all.energies[s]!, 1e-13);
      some.forces[t]!.forEach((force, k) => {
        expect(force).to.be.closeTo(all.forces[s]![k]!, 1e-7);
      });
    });
    const { rowOfAtom, atomStart, rowStart, weights } = cut.moments;
    expect(atomStart[3]).to.equal(cut.frames.reduce((total, { species }) => total + species.length, 0));
    expect(weights.length).to.equal(rowStart[3]);
    for (let t = 0; t < 3; t++)
      for (let i = atomStart[t]!; i < atomStart[t + 1]!; i++) expect(rowOfAtom[i]).to.be.within(rowStart[t]!, rowStart[t + 1]! - 1);
  });

  it('keeps own weights with their frames, and all frames when all are asked for', () => {
    const weighted = { ...problem, ownWeights: Float64Array.from(problem.frames, (_, s) => s + 1) };
    expect([...subproblem(weighted, [6, 1]).ownWeights]).to.deep.equal([7, 2]);
    const p = bondedParameters(network, random);
    const same = subproblem(
      weighted,
      problem.frames.map((_, s) => s),
    );
    expect(openObjective(same).objective.loss(p)).to.equal(openObjective(weighted).objective.loss(p));
  });

  it('may be empty', () => {
    expect(subproblem(problem, []).frames).to.deep.equal([]);
  });
});

describe('coarseProblem', () => {
  const crystal = repeat(cubic('fcc', 'Cu', 3.6), [3, 3, 3]);
  const problem = problemOf(
    SMALL,
    Array.from({ length: 40 }, () => crystal),
    truth,
    { loss: { forces: 0.3 }, nodes: 12 },
  );
  problem.frames.forEach((frame, s) => {
    frame.configType = s % 4 === 0 ? 'rare' : 'common';
  });

  it('keeps every energy and an even share of the forces', () => {
    const coarse = coarseProblem(problem);
    expect(coarse.frames.map(({ energy }) => energy)).to.deep.equal(problem.frames.map(({ energy }) => energy));
    const kept = coarse.frames.filter(({ forces }) => forces);
    // 40 frames of 108 atoms: 1200 of 4320 atoms
    expect(kept.length).to.be.within(10, 12);
    const rare = kept.filter(({ configType }) => configType === 'rare').length;
    expect(rare).to.be.within(2, 4);
    for (const frame of kept) expect(frame.stress).not.to.equal(undefined);
    for (const frame of coarse.frames) if (!frame.forces) expect(frame.stress).to.equal(undefined);
  });

  it('is the problem itself where there is little to save', () => {
    const small = subproblem(problem, [0, 1, 2]);
    expect(coarseProblem(small)).to.equal(small);
    const energies = { ...problem, loss: { ...problem.loss, forces: 0 } };
    expect(coarseProblem(energies)).to.equal(energies);
  });
});
