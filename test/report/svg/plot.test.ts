import { expect } from 'chai';
import fc from 'fast-check';
import { cells, densityLegend, histogram } from '../../../src/report/svg/density.js';
import { legendRows, textWidth } from '../../../src/report/svg/legend.js';
import { line, points } from '../../../src/report/svg/marks.js';
import { type Frame, renderPlot } from '../../../src/report/svg/plot.js';
import { linearScale } from '../../../src/report/svg/scale.js';
import { elements, parseXml, textOf } from '../xml.js';

const frame: Frame = {
  id: 'f',
  x: linearScale([0, 10], [0, 100]),
  y: linearScale([0, 10], [100, 0]),
  left: 0,
  right: 100,
  top: 0,
  bottom: 100,
};

describe('plots', () => {
  it('keep tick labels apart and inside the drawing', () => {
    const limit = fc.double({ min: -2000, max: 2000, noNaN: true });
    const span = fc.double({ min: 1e-3, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(limit, span, limit, span, fc.boolean(), (x0, dx, y0, dy, square) => {
        const svg = renderPlot({
          id: 'p',
          title: 'A plot',
          description: 'a plot of nothing',
          x: { label: 'x', unit: 'Å', domain: [x0, x0 + dx] },
          y: { label: 'y', unit: 'eV', domain: [y0, y0 + dy] },
          square,
          marks: [],
        }).text;
        const [, , width, height] = /viewBox="([^"]*)"/.exec(svg)![1]!.split(' ').map(Number) as [number, number, number, number];
        const ticks = [...elements(parseXml(svg))].find((e) => e.attributes.class === 'ticks')!;
        const boxes = [...elements(ticks)]
          .filter((e) => e.name === 'text')
          .map((e) => {
            const wide = textWidth(textOf(e), 11);
            const x = Number(e.attributes.x);
            const left = e.attributes['text-anchor'] === 'end' ? x - wide : x - wide / 2;
            return { left, right: left + wide, top: Number(e.attributes.y) - 9, bottom: Number(e.attributes.y) };
          });
        for (const [k, a] of boxes.entries()) {
          expect(a.left).to.be.at.least(0);
          expect(a.right).to.be.at.most(width);
          expect(a.bottom).to.be.at.most(height);
          for (const b of boxes.slice(k + 1)) {
            const apart = a.right <= b.left + 0.1 || b.right <= a.left + 0.1 || a.bottom <= b.top || b.bottom <= a.top;
            expect(apart, svg).to.equal(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('break a curve at values that are not finite and leave out such points', () => {
    const curve = line([0, 1, 2, 3], [1, Number.NaN, 2, 3], 's0')(frame).text;
    expect(curve.match(/M/g)).to.have.length(2);
    expect(line([0], [Number.NaN], 's0')(frame).text).to.equal('');
    const scatter = points(
      [
        { x: 1, y: 1 },
        { x: Infinity, y: 1 },
        { x: 1, y: Number.NaN },
      ],
      's0',
    )(frame).text;
    expect(scatter.match(/<path/g)).to.have.length(1);
  });

  it('break legends into rows that fit', () => {
    const entries = ['this fit', 'Sutton-Chen', 'Mishin 2001', 'met in training', 'a'].map((label) => ({
      label,
      className: 's0',
      symbol: 'line' as const,
    }));
    const rows = legendRows(entries, 200);
    expect(rows.flat().map((e) => e.label)).to.deep.equal(entries.map((e) => e.label));
    expect(rows.length).to.be.within(2, 4);
  });
});

describe('density of points', () => {
  const x = Array.from({ length: 5000 }, (_, k) => 5 + 5 * Math.sin(k * 12.9898) * Math.sin(k * 78.233));
  const y = x.map((v, k) => v + Math.sin(k * 3.1));

  it('counts every point once', () => {
    const h = histogram([...x, 99, Number.NaN], [...y, 1, 1], [0, 10], [0, 10], 40);
    const inside = h.counts.reduce((a, b) => a + b, 0);
    expect(h.broken).to.equal(1);
    expect(inside + h.outside + h.broken).to.equal(5002);
    expect(h.outside).to.equal(1 + x.filter((v, k) => v < 0 || v >= 10 || y[k]! < 0 || y[k]! >= 10).length);
  });

  it('fills exactly the cells that hold points', () => {
    const h = histogram(x, y, [0, 10], [0, 10], 40);
    const svg = cells(h, 's0')(frame).text;
    let area = 0;
    for (const [, x0, x1] of svg.matchAll(/M([\d.]+) [\d.]+H([\d.]+)V/g)) area += Math.round((Number(x1) - Number(x0)) / 2.5);
    expect(area).to.equal(h.counts.filter((n) => n > 0).length);
    expect(densityLegend(h, 's0')[0]!.label).to.contain(String(Math.max(...h.counts)));
  });

  it('names ranges of counts that hold them', () => {
    for (const n of [1, 2, 3, 4, 9, 10, 31, 32, 99, 100, 316, 317, 5000]) {
      const h = histogram(Array(n).fill(5), Array(n).fill(5), [0, 10], [0, 10], 4);
      const [, from, to] = /<title>([\d\u2009]+)(?: to ([\d\u2009]+))? points? in a cell/.exec(cells(h, 's0')(frame).text)!;
      expect(n).to.be.within(Number(from!.replace(/\u2009/g, '')), Number((to ?? from)!.replace(/\u2009/g, '')));
    }
  });
});
