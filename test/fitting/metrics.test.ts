import { expect } from 'chai';
import { defaultWindows, ErrorTally, errorSummary, groupSummaries, windowSummaries } from '../../src/fitting/metrics.js';
import type { Frame } from '../../src/structures/structure.js';

function frame(perAtom: number | undefined, atoms: number, configType: string, extra: Partial<Frame> = {}): Frame {
  return {
    cell: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
    pbc: [true, true, true],
    species: Array.from({ length: atoms }, () => 'Cu'),
    positions: new Float64Array(3 * atoms),
    ...(perAtom !== undefined && { energy: perAtom * atoms }),
    configType,
    source: '',
    origin: { file: 'x', index: 0 },
    ...extra,
  };
}

describe('error measures', () => {
  const stress = Float64Array.of(1, 2, 3, 2, 5, 6, 3, 6, 9);
  const frames = [
    frame(-3, 2, 'a', { forces: Float64Array.of(0, 0, 1, 0, 0, -1) }),
    frame(-2, 4, 'b', { stress }),
    frame(undefined, 1, 'a', { forces: new Float64Array(3) }),
    frame(-1, 1, 'b'),
  ];
  const predictions = [
    { energy: -6 + 0.2, forces: Float64Array.of(0, 0, 1, 0, 0, -4) },
    { energy: -8 - 0.4, stress: stress.map((x, k) => (k === 1 || k === 3 ? x + 0.6 : x)) },
    { energy: 5, forces: Float64Array.of(0, 0, 0.6) },
    { energy: -1.3 },
  ];

  it('are mean absolute, root mean square and largest error, per atom, per force component and per independent stress component', () => {
    const all = errorSummary(frames, predictions);
    expect(all.frames).to.equal(4);
    // energy errors per atom: 0.1, -0.1, -0.3
    expect(all.energy!.mae).to.be.closeTo(0.5 / 3, 1e-12);
    expect(all.energy!.rmse).to.be.closeTo(Math.sqrt(0.11 / 3), 1e-12);
    expect(all.energy!.max).to.be.closeTo(0.3, 1e-12);
    // force errors: 3 and 0.6 among nine components
    expect(all.forces!.mae).to.be.closeTo(0.4, 1e-12);
    expect(all.forces!.rmse).to.be.closeTo(Math.sqrt((9 + 0.36) / 9), 1e-12);
    expect(all.forces!.max).to.equal(3);
    // the two entries of xy are one component
    expect(all.stress!.mae).to.be.closeTo(0.1, 1e-12);
    expect(all.stress!.max).to.be.closeTo(0.6, 1e-12);
  });

  it('are told by group, null where a group has no such label', () => {
    const groups = groupSummaries(frames, predictions);
    expect(Object.keys(groups)).to.deep.equal(['a', 'b']);
    expect(groups.a!.frames).to.equal(2);
    expect(groups.a!.stress).to.equal(null);
    expect(groups.b!.forces).to.equal(null);
    expect(groups.b!.energy!.mae).to.be.closeTo(0.2, 1e-12);
  });

  it('are told by energy window: the lower edge belongs to the window, ends are open, unlabelled frames are in none', () => {
    const windows = windowSummaries(frames, predictions, [-2, -1.5]);
    expect(windows.map(({ from, to, frames: n }) => [from, to, n])).to.deep.equal([
      [null, -2, 1],
      [-2, -1.5, 1],
      [-1.5, null, 1],
    ]);
    expect(windows[2]!.energy!.max).to.be.closeTo(0.3, 1e-12);
    expect(windowSummaries(frames, predictions, []).map((w) => w.frames)).to.deep.equal([3]);
    expect(defaultWindows(frames)).to.deep.equal([-3 + 0.15, -3 + 0.75, -3 + 1.75]);
    expect(defaultWindows([frames[2]!])).to.deep.equal([]);
  });

  it('do not hide a prediction that is no number', () => {
    const tally = new ErrorTally();
    for (const error of [1, Number.NaN, 2]) tally.add(error);
    expect(tally.measures()!.mae).to.be.NaN;
    expect(tally.measures()!.max).to.be.NaN;
  });
});
