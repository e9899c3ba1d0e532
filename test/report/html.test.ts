import { expect } from 'chai';
import { renderReport } from '../../src/report/html.js';
import type { ReportData } from '../../src/report/report-data.js';
import { roundedText } from '../../src/report/sections/front.js';
import { sampleReport } from './sample.js';
import { elements, hasClass, parseXml, textOf } from './xml.js';

describe('report page', () => {
  const page = renderReport(sampleReport());
  const tree = parseXml(page);
  const all = [...elements(tree)];

  it('is well-formed, with unique ids and a contents list that leads somewhere', () => {
    const ids = all.map((e) => e.attributes.id).filter((id) => id !== undefined);
    expect(new Set(ids).size).to.equal(ids.length);
    const links = all.filter((e) => e.name === 'a').map((e) => e.attributes.href!);
    expect(links).to.have.length.above(8);
    for (const link of links) expect(ids).to.include(link.slice(1));
    for (const e of all)
      for (const name of ['aria-labelledby', 'clip-path']) {
        const reference = e.attributes[name];
        if (reference) expect(ids).to.include(reference.replace(/^url\(#(.*)\)$/, '$1'));
      }
  });

  it('asks for nothing outside itself and runs nothing', () => {
    expect(page).not.to.match(/(?:src|href|action|data|poster|xlink:href)="(?!#)/i);
    expect(page).not.to.match(/https?:|@import|url\((?!#)|srcset|<link|<script|<iframe|<object|<img/i);
    for (const e of all) for (const name of Object.keys(e.attributes)) expect(name).not.to.match(/^on/i);
    expect(page).to.contain("default-src 'none'");
  });

  it('says on every axis what it is and in what unit', () => {
    const plots = all.filter((e) => e.name === 'svg');
    expect(plots.map((e) => e.attributes.id)).to.include.members([
      'energy-window-1',
      'energy-window-4',
      'error-by-window',
      'forces-parity',
      'stress-parity',
      'pair-curve',
      'density-curve',
      'embedding-curve',
      'front-plot',
      'history-plot',
      'correlations',
      'calibration',
    ]);
    for (const plot of plots) {
      const inside = [...elements(plot)];
      for (const axis of ['x', 'y']) {
        const label = inside.filter((e) => e.attributes['data-axis'] === axis);
        expect(label, `${plot.attributes.id} ${axis}`).to.have.length(1);
        expect(textOf(label[0]!)).to.match(/\S+ \((?:eV|Å|eV\/atom|meV\/atom|eV\/Å|GPa|units of ρ|nodes|steps|number)\)$/);
      }
      expect(inside.filter((e) => e.name === 'desc').map(textOf)[0]).to.have.length.above(20);
      for (const e of inside.filter((x) => x.attributes['font-size'])) expect(Number(e.attributes['font-size'])).to.be.at.least(11);
      // on a phone 343 px wide nothing is drawn smaller than designed
      expect(Number(plot.attributes.viewBox!.split(' ')[2])).to.be.at.most(343);
    }
  });

  it('draws every frame of a window, with its error in the tooltip', () => {
    const data = sampleReport();
    const panels = all.filter((e) => e.name === 'svg' && e.attributes.id!.startsWith('energy-window'));
    const marks = panels.flatMap((panel) => [...elements(panel)].filter((e) => e.name === 'title').map(textOf));
    expect(marks).to.have.length(data.parity!.energies.length);
    expect(marks[0]).to.match(/^copper\.extxyz:\d+ \(\w+\): error −?[\d.]+ meV\/atom$/);
    for (const [k, window] of data.parity!.windows.entries()) {
      expect(textOf(panels[k]!)).to.contain(`MAE ${(1000 * window.mae).toPrecision(3)} meV/atom`);
    }
  });

  it('shows the verdict, the errors, the complexity and the frames set aside on top', () => {
    const summary = textOf(all.find((e) => hasClass(e, 'summary'))!);
    expect(summary)
      .to.contain('✓ passed')
      .and.contain('75')
      .and.contain('of 172 frames, 14 mended')
      .and.contain('5000 steps without improvement');
    const data = sampleReport();
    data.lammps!.passed = false;
    data.lammps!.structures = [{ name: 'slab', atoms: 12, energyDifference: 0.02, forceDifference: Number.NaN }];
    const failed = renderReport(data);
    expect(failed).to.contain('✗ failed').and.contain('Do not use the exported files').and.contain('✗ beyond tolerance');
  });

  it('gives the same model the same colour in every figure', () => {
    const legendClass = (plot: string, label: string): string[] => {
      const svg = all.find((e) => e.attributes.id === plot)!;
      const entry = [...elements(svg)].filter(
        (e) => e.name === 'g' && e.children.some((c) => typeof c !== 'string' && c.name === 'text' && textOf(c) === label),
      );
      return entry[0]!.attributes.class!.split(' ').filter((c) => /^s\d$/.test(c));
    };
    for (const model of ['this fit', 'SR1', 'Sutton-Chen'])
      for (const plot of ['pair-curve', 'density-curve', 'embedding-curve'])
        expect(legendClass(plot, model), `${model} in ${plot}`).to.deep.equal(legendClass('error-by-window', model));
    expect(legendClass('pair-curve', 'SR1')).not.to.deep.equal(legendClass('pair-curve', 'Sutton-Chen'));
  });

  it('leaves out sections without data', () => {
    const { title, element, date, version, command, settings, seed, stopReason, dataFiles, software, equation } = sampleReport();
    const small = renderReport({ title, element, date, version, command, settings, seed, stopReason, dataFiles, software, equation });
    const sections = [...elements(parseXml(small))].filter((e) => e.name === 'section').map((e) => e.attributes.id);
    expect(sections).to.deep.equal(['equation', 'provenance']);
    expect(small).not.to.contain('<svg');
  });

  it('is the same text for the same data', () => {
    expect(renderReport(sampleReport())).to.equal(page);
  });

  it('escapes every text of the data', () => {
    const evil = `<script>alert("x")</script>&amp;' ]]> --> \u0000\u001b[31m\ud800 Å`;
    const data = mapLeaves(sampleReport(), (value, key) =>
      typeof value === 'string' && !['fold', 'role', 'action', 'engine', 'cutoffStyle', 'kind'].includes(key) ? `${value}${evil}` : value,
    );
    delete data.equation.trees;
    const text = renderReport(data);
    const parsed = [...elements(parseXml(text))];
    expect(parsed.some((e) => e.name === 'script')).to.equal(false);
    expect(text).to.contain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;&#39; ]]&gt;');
    expect(textOf(parsed.find((e) => e.name === 'h1')!)).to.contain('<script>alert("x")</script>&amp;');
  });

  for (const [what, bad] of [
    ['NaN', Number.NaN],
    ['infinite', Infinity],
    ['zero', 0],
    ['negative', -1],
    ['huge', 1e300],
  ] as const)
    it(`stands ${what} numbers everywhere`, () => {
      const data = mapLeaves(sampleReport(), (value, key) => (typeof value === 'number' && !['exponent'].includes(key) ? bad : value));
      const text = renderReport(data);
      parseXml(text);
      expect(text.replace(/<(code|pre)[\s\S]*?<\/\1>/g, '')).not.to.match(/NaN|Infinity|undefined|null/);
    });

  it('stands single numbers that are not finite, and empty lists', () => {
    const data = sampleReport();
    const energies = data.parity!.energies.map((e, k) => ({
      ...e,
      predicted: k % 7 === 0 ? Number.NaN : k % 11 === 0 ? 1e18 : e.predicted,
    }));
    data.parity = { ...data.parity!, energies };
    data.history = data.history!.map((r) => ({ ...r, losses: Array.from(r.losses, (loss, k) => (k < 5 ? 1e18 : loss)) }));
    const broken = energies.filter((e) => Number.isNaN(e.predicted)).length;
    const text = renderReport(data);
    parseXml(text);
    expect(text).to.contain(`${broken} frames without a finite energy are not shown`);
    const empty = mapLeaves(sampleReport(), (value) => value, true);
    parseXml(renderReport(empty));
  });

  it('draws the restart of the result as the first one, also where its loss is of more data', () => {
    const data = sampleReport();
    const plotOf = (result: boolean) => {
      data.history = [
        { name: 'one', steps: [1, 2], losses: [0.3, 0.02] },
        { name: 'on all data', steps: [1, 2], losses: [0.3, 0.03], result },
      ];
      return textOf([...elements(parseXml(renderReport(data)))].find((e) => e.attributes.id === 'history-plot')!);
    };
    expect(plotOf(false)).to.contain('best (one)');
    expect(plotOf(true)).to.contain('on all data').and.not.contain('best (');
  });

  it('names open windows, rounds the equations of the front and shows where a search begins with forbidden candidates', () => {
    const data = sampleReport();
    data.parity!.windows = data.parity!.windows.map((w, k) => (k === 0 ? { ...w, from: -Infinity } : w));
    data.history = [{ name: 'one', steps: [1, 50, 900], losses: [1e18, 0.3, 0.006] }];
    const text = renderReport(data);
    expect(text).to.contain('up to 0.15 eV/atom').and.contain('above 2 eV/atom');
    expect(text).to.contain('<code class="line">phi(r) = 644.65/r^9</code>').and.not.contain('644.6525');
    const plot = [...elements(parseXml(text))].find((e) => e.attributes.id === 'history-plot')!;
    const ticks = [...elements(plot)].find((e) => e.attributes.class === 'ticks')!;
    expect(textOf(ticks)).not.to.contain('10¹');
    expect(roundedText('0.0396*exp(-2.4353219/r^10 + 1.234567890e-7*r) - 133.898/r2')).to.equal(
      '0.0396*exp(-2.4353/r^10 + 1.2346e-7*r) - 133.898/r2',
    );
  });

  it('stays small for many points', () => {
    const data = sampleReport();
    const n = 60000;
    const reference = Float64Array.from({ length: n }, (_, k) => 8 * Math.sin(k * 12.9898) * Math.sin(k * 78.233));
    const predicted = reference.map((f, k) => f + 0.4 * Math.sin(k * 39.425));
    reference[17] = 900;
    predicted[17] = 650;
    const energies = Array.from({ length: 9000 }, (_, k) => ({ ...data.parity!.energies[k % 300]!, name: `frame ${k}` }));
    data.parity = { ...data.parity!, energies, forces: { reference, predicted } };
    const text = renderReport(data);
    expect(text.length).to.be.below(2e6);
    expect(text).to.contain('1 force component lies outside the figure');
    parseXml(text);
  });

  it('marks the constants that the data do not determine', () => {
    const section = all.find((e) => e.attributes.id === 'uncertainty')!;
    const text = textOf(section);
    // relative errors of the prefactors fall from 1.6 by 0.4 decades each; those of the exponents are 0.3
    expect(text).to.contain('2 of 10 constants have an error of more than half of their value');
    const bad = [...elements(section)].filter((e) => hasClass(e, 'bad')).map(textOf);
    expect(bad).to.deep.equal(['0.63', '1.6']);
    expect(text).to.match(/energies\s*160\s*21, 39\s*3\.9\s*68, 95\s*0\.71/);
    const { uncertainty: _uncertainty, ...without } = sampleReport();
    expect(renderReport(without)).not.to.contain('id="uncertainty"');
  });
});

/** A deep copy with every leaf replaced; with `empty`, lists are emptied. */
function mapLeaves(data: ReportData, replace: (value: unknown, key: string) => unknown, empty = false): ReportData {
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return empty ? [] : Array.from(value as ArrayLike<unknown>, (v) => walk(v, key));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === 'trees' ? v : walk(v, k)]));
    return replace(value, key);
  };
  return walk(data, '') as ReportData;
}
