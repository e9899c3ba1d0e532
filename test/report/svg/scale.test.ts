import { expect } from 'chai';
import fc from 'fast-check';
import { extent, linearScale, logExtent, logScale } from '../../../src/report/svg/scale.js';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('scales', () => {
  it('have ticks at 1, 2 or 5 times a power of ten, inside the domain', () => {
    fc.assert(
      fc.property(value, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 8 }), (low, span, wanted) => {
        const { ticks, domain } = linearScale([low, low + span], [0, 100], wanted);
        const width = domain[1] - domain[0];
        expect(ticks.length).to.be.within(1, 2 * wanted + 2);
        for (const tick of ticks) expect(tick.value).to.be.within(domain[0] - 1e-6 * width, domain[1] + 1e-6 * width);
        if (ticks.length < 2 || span < 1e-9 * Math.abs(low)) return;
        const step = ticks[1]!.value - ticks[0]!.value;
        const lead = step / 10 ** Math.floor(Math.log10(step * (1 + 1e-6)));
        expect(
          [1, 2, 5].some((n) => Math.abs(lead - n) < 1e-3),
          `${step}`,
        ).to.equal(true);
      }),
    );
  });

  it('write labels that tell neighbouring ticks apart', () => {
    expect(linearScale([0, 0.15], [0, 240], 5).ticks.map((t) => t.label)).to.deep.equal([
      '0.00',
      '0.02',
      '0.04',
      '0.06',
      '0.08',
      '0.10',
      '0.12',
      '0.14',
    ]);
    expect(linearScale([-1.1, 1.1], [0, 240], 4).ticks.map((t) => t.label)).to.deep.equal(['−1.0', '−0.5', '0.0', '0.5', '1.0']);
    expect(linearScale([0, 55000], [0, 240], 5).ticks.map((t) => t.label)).to.include('20\u2009000');
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (low, span) => {
        const labels = linearScale([low, low + span], [0, 240], 5).ticks.map((t) => t.label);
        expect(new Set(labels).size).to.equal(labels.length);
      }),
    );
  });

  it('logarithmic ones map decades to equal lengths', () => {
    const scale = logScale([1, 1000], [0, 300]);
    expect(scale.at(10)).to.be.closeTo(100, 1e-9);
    expect(scale.ticks.map((t) => t.label)).to.include.members(['1', '10', '100', '1000']);
    expect(scale.at(0)).not.to.satisfy(Number.isFinite);
    expect(scale.at(-1)).to.be.NaN;
    expect(logScale([3, 8], [0, 100]).ticks.length).to.be.at.least(2);
    expect(logScale([1e-9, 1e9], [0, 300]).ticks.length).to.be.within(3, 10);
  });

  it('take domains of no width', () => {
    expect(linearScale([2, 2], [0, 100]).at(2)).to.be.closeTo(50, 1e-9);
    expect(logScale([2, 2], [0, 100]).at(2)).to.be.closeTo(50, 1e-9);
  });

  it('find the extent of what is finite', () => {
    expect(extent([[1, Number.NaN, 3], [Infinity]], 0.5)).to.deep.equal([0, 4]);
    expect(extent([[0, 12]], 0)).to.deep.equal([0, 12]);
    expect(extent([[Number.NaN]])).to.equal(undefined);
    expect(logExtent([[-1, 0]])).to.equal(undefined);
    expect(logExtent([[1, 100, -5]], 0)).to.deep.equal([1, 100]);
  });
});
