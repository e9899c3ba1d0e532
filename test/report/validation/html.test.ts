import { expect } from 'chai';
import { renderValidation } from '../../../src/report/validation/html.js';
import type { Validation } from '../../../src/report/validation/validation.js';
import { type Element, elements, hasClass, parseXml, textOf } from '../xml.js';
import { sampleValidation, verdict } from './sample.js';

const read = (validation: Validation) => [...elements(parseXml(renderValidation(validation)))];
const byId = (all: readonly Element[], id: string) => all.find(({ attributes }) => attributes.id === id)!;
const rowOf = (all: readonly Element[], name: string) =>
  all.find((e) => e.name === 'tr' && e.children.some((c) => typeof c !== 'string' && c.name === 'th' && textOf(c).startsWith(name)))!;

describe('report/validation', () => {
  const page = renderValidation(sampleValidation());
  const all = [...elements(parseXml(page))];

  it('is well-formed, has unique ids, and links that lead somewhere', () => {
    const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const e of all) if (e.name === 'a') expect(ids).to.include(e.attributes.href!.slice(1));
    for (const e of all) if (e.attributes['clip-path']) expect(ids).to.include(e.attributes['clip-path'].replace(/^url\(#(.*)\)$/, '$1'));
  });

  it('asks for nothing outside itself and runs nothing', () => {
    expect(page).not.to.match(/https?:|@import|<script|<link|<img|<iframe|(?:src|href|data)="(?!#)/i);
    for (const e of all) for (const name of Object.keys(e.attributes)) expect(name).not.to.match(/^on/i);
  });

  it('says on top whether the tolerances held, for each potential', () => {
    const summary = textOf(all.find((e) => hasClass(e, 'summary'))!);
    expect(summary).to.include('✗ 2 of 11 values outside of the tolerance; 1 value could not be computed');
    const good = sampleValidation();
    for (const verdicts of Object.values(good.potentials))
      for (const [name, { status }] of Object.entries(verdicts)) if (status === 'fail' || status === 'error') delete verdicts[name];
    good.counts = { ...good.counts, fail: 0, error: 0 };
    const held = renderValidation(good);
    expect(held).to.include('✓ All 9 tolerances held').and.not.to.include('id="failures"');
    expect(renderValidation({ ...good, counts: { ...good.counts, pass: 0 }, reference: null })).to.include(
      'No reference values were given',
    );
  });

  it('colours values by their tolerance and says the same in words', () => {
    const cells = rowOf(all, 'lattice_constant').children.filter((c): c is Element => typeof c !== 'string' && c.name === 'td');
    expect(textOf(cells[0]!)).to.equal('3.6150± 0.01');
    expect(cells[1]!.attributes.class).to.equal('num well');
    expect(textOf(cells[1]!)).to.equal('3.6200✓ +0.1 %');
    expect(cells[2]!.attributes.class).to.equal('num near');
    expect(textOf(cells[2]!)).to.equal('3.6300✗ +0.4 %');
    expect(cells[2]!.attributes.title).to.equal('3.6300\u00a0Å: +0.015 from 3.6150, 1.5 of the tolerance 0.01');
    const far = sampleValidation();
    far.potentials.sr1!.lattice_constant = verdict(3.9, 'Å', 3.615, 0);
    expect(rowOf(read(far), 'lattice_constant').children.map((c) => (typeof c === 'string' ? '' : (c.attributes.class ?? '')))).to.include(
      'num far',
    );
    // the closest of a row is bold: sr1 is 0.005 off, sr2 0.015
    expect([...elements(cells[1]!)].some((e) => e.name === 'b')).to.equal(true);
    expect([...elements(cells[2]!)].some((e) => e.name === 'b')).to.equal(false);
  });

  it('draws curves of all potentials and reference points in one figure, with units', () => {
    const plot = byId(all, 'curve-equation-of-state-energy-volume');
    const inside = [...elements(plot)];
    expect(inside.filter((e) => e.attributes['data-axis']).map(textOf)).to.deep.equal([
      'volume (Å³/atom)',
      'energy above the minimum (eV/atom)',
    ]);
    expect(inside.filter((e) => hasClass(e, 'line') && e.attributes.d && e.children.length > 0)).to.have.length(2);
    const points = inside.find((e) => hasClass(e, 'point') && e.name === 'g')!;
    expect(points.children.filter((c) => typeof c !== 'string')).to.have.length(3);
    expect(textOf(inside.find((e) => hasClass(e, 'legend'))!)).to.equal('sr1sr2DFT');
  });

  it('compares many values with the reference and its tolerance', () => {
    const dots = [...elements(byId(all, 'dots-surfaces-surface-111'))];
    expect(dots.filter((e) => hasClass(e, 'band') && e.attributes.height !== '10')).to.have.length(4);
    expect(dots.filter((e) => hasClass(e, 'stroke'))).to.have.length(5);
    expect(textOf(dots.find((e) => hasClass(e, 'ticks'))!))
      .to.include('111')
      .and.not.to.include('surface');
    const parity = [...elements(byId(all, 'parity-surfaces-surface-111'))];
    expect(parity.filter((e) => e.name === 'title').map(textOf)).to.include(
      'sr1, surface_111: 1300.0\u00a0mJ/m², reference 1310.0\u00a0mJ/m²',
    );
  });

  it('draws Wulff shapes of cubic crystals and says how large each facet is', () => {
    const section = byId(all, 'p-surfaces');
    const solids = [...elements(section)].filter((e) => hasClass(e, 'solid'));
    expect(solids.map((e) => e.attributes['aria-label'])).to.deep.equal(
      ['sr1', 'sr2', 'reference'].map((name) => `Wulff shape of ${name}`),
    );
    for (const solid of solids) expect(solid.children.filter((c) => typeof c !== 'string').length).to.be.above(5);
    // shares of the facets of each shape add up to the whole
    const rows = [...elements(section)].filter((e) => e.name === 'tr' && textOf(e).startsWith('{'));
    for (const column of [1, 2, 3]) {
      const shares = rows.map((row) => Number(textOf(row.children.filter((c): c is Element => typeof c !== 'string')[column]!)));
      expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(100, 0.3);
    }
    expect(renderValidation({ ...sampleValidation(), system: { label: 'hcp Mg', kind: 'hcp', elements: ['Mg'] } })).not.to.include('Wulff');
  });

  it('names the corners of the path of phonons, where reference points may stand', () => {
    const data = sampleValidation();
    data.properties.push({ id: 'phonons', title: 'Phonons', values: [], descriptions: {} });
    const branch = (k: number) => ({
      id: 'phonon_dispersion',
      title: 'Phonon dispersion',
      x: { label: 'wave vector', unit: '2π/a', values: [0, 1, 2] },
      y: { label: 'frequency', unit: 'THz', values: [0, 5 + k, 0] },
    });
    data.curves.sr1 = { ...data.curves.sr1, phonons: [branch(0), branch(1)] };
    data.data.sr1 = { phonons: { ticks: [0, 1, 2].map((value) => ({ value, label: ['Γ', 'X|K', 'Γ'][value] })) } };
    data.reference!.curves = {
      ...data.reference!.curves,
      phonons: [
        {
          label: 'neutrons',
          source: 's',
          points: [
            ['X', 5.2, 7.3],
            [0.5, 3],
            ['?', 1],
          ],
        },
      ],
    };
    const plot = [...elements(byId(read(data), 'curve-phonons-phonon-dispersion'))];
    expect(textOf(plot.find((e) => hasClass(e, 'ticks'))!)).to.match(/^ΓX\|KΓ/);
    expect(textOf(plot.find((e) => hasClass(e, 'legend'))!)).to.equal('sr1neutrons');
    expect(plot.filter((e) => e.name === 'title' && textOf(e).startsWith('neutrons'))).to.have.length(3);
    expect(plot.filter((e) => hasClass(e, 'line') && e.children.length > 0)).to.have.length(2);
  });

  it('breaks the lines of phonons where the path does', () => {
    const data = sampleValidation();
    data.properties.push({ id: 'phonons', title: 'Phonons', values: [], descriptions: {} });
    const [x, y] = [
      { label: 'wave vector', unit: '2π/a', values: [0, 1, 1, 2] },
      { label: 'frequency', unit: 'THz', values: [0, 5, 7, 0] },
    ];
    data.curves.sr1 = { phonons: [{ id: 'phonon_dispersion', title: 'Phonon dispersion', x, y }] };
    data.data.sr1 = { phonons: { ticks: [0, 1, 2].map((value) => ({ value, label: 'ΓXΓ'[value] })) } };
    const line = [...elements(byId(read(data), 'curve-phonons-phonon-dispersion'))].find(
      (e) => hasClass(e, 'line') && e.children.length > 0,
    )!;
    expect(line.attributes.d).to.match(/^M[^M]+M[^M]+$/);
  });

  it('shows melting points with their uncertainties and the reference', () => {
    const data = sampleValidation();
    data.potentials.sr2!.melting_point = { ...data.potentials.sr2!.melting_point!, detail: { uncertainty_k: 8 } };
    const plot = [...elements(byId(read(data), 'single-melting-point'))];
    expect(textOf(plot.find((e) => hasClass(e, 'ticks'))!))
      .to.include('sr2')
      .and.include('reference')
      .and.not.include('sr1');
    expect(plot.filter((e) => hasClass(e, 'error'))).to.have.length(1);
    expect(plot.filter((e) => e.name === 'title').map(textOf)).to.include('sr2: 1300.0\u00a0K ± 8');
  });

  it('keeps text readable on a phone and inside its figure', () => {
    for (const plot of all.filter((e) => e.name === 'svg')) {
      expect(Number(plot.attributes.viewBox!.split(' ')[2])).to.be.at.most(343);
      for (const e of elements(plot)) if (e.attributes['font-size']) expect(Number(e.attributes['font-size'])).to.be.at.least(11);
    }
    const long = sampleValidation();
    const [curve] = long.curves.sr1!.equation_of_state!;
    const words = 'energy of the relaxed crystal above that of the ground state at the same temperature';
    long.curves.sr1!.equation_of_state = [{ ...curve!, title: words, x: { ...curve!.x, label: words }, y: { ...curve!.y, label: words } }];
    const plot = [...elements(byId(read(long), 'curve-equation-of-state-energy-volume'))];
    expect(plot.filter((e) => hasClass(e, 'plot-title')).length).to.be.above(1);
    for (const axis of plot.filter((e) => e.attributes['data-axis'])) {
      expect(axis.children.filter((c) => typeof c !== 'string').length).to.be.above(1);
      expect(textOf(axis)).to.match(/^energy of the relaxed crystal above .* \(\S+\)$/);
    }
  });

  it('shows what failed with its log, and why something was skipped', () => {
    const failures = textOf(byId(all, 'failures'));
    expect(failures).to.include('sr1: in.melt: it froze & stayed').and.include('ERROR: <lost> atoms').and.include('melting_point');
    expect([...elements(byId(all, 'failures'))].some((e) => e.name === 'details')).to.equal(true);
    expect(textOf(rowOf(all, 'melting_point')))
      .to.include('error')
      .and.include('✗ −4.3 %');
    expect(textOf(byId(all, 'skipped'))).to.include('fcc Cu has no such value');
  });

  it('tells how it was made: command, versions, files with hashes, reference file, sources', () => {
    const text = textOf(byId(all, 'provenance'));
    for (const part of [
      'eqpot validate sr1 sr2',
      '29 Sep 2021',
      '20.19.0',
      'sr1.eam.fs',
      'd'.repeat(64),
      'pair_style eam/fs',
      'a b.yaml',
      'e'.repeat(64),
      '300',
    ])
      expect(text).to.include(part);
    const reference = textOf(byId(all, 'reference'));
    expect(reference).to.include('a book').and.include('also 3.6300: DFT').and.include('at 300 K').and.include('somebody');
    expect(textOf(byId(all, 'details')))
      .to.include('residual stress, GPa: 1×10⁻¹²')
      .and.include('converged: yes');
  });

  it('is the same text for the same data, also after a way through a file', () => {
    expect(renderValidation(JSON.parse(JSON.stringify(sampleValidation())))).to.equal(page);
  });

  it('escapes every text of the data', () => {
    const evil = `<script>alert("x")</script>&amp;' ]]> --> \u0000\ud800`;
    const keep = ['status', 'unit', 'id', 'style', 'format', 'curve', 'values'];
    const text = renderValidation(
      leaves(sampleValidation(), (value, key) => (typeof value === 'string' && !keep.includes(key) ? value + evil : value)),
    );
    expect([...elements(parseXml(text))].some((e) => e.name === 'script')).to.equal(false);
    expect(text).to.include('&lt;script&gt;alert');
  });

  for (const bad of [Number.NaN, Infinity, 0, -1, 1e300, null])
    it(`stands ${bad} everywhere`, () => {
      const text = renderValidation(leaves(sampleValidation(), (value) => (typeof value === 'number' ? bad : value)));
      parseXml(text);
      expect(text.replace(/<(code|pre)[\s\S]*?<\/\1>/g, '')).not.to.match(/NaN|Infinity|undefined|null/);
    });

  it('stands properties without values, single points and many potentials', () => {
    const data = sampleValidation();
    for (let k = 3; k < 15; k++) {
      data.potentials[`p${k}`] = structuredClone(data.potentials.sr1!);
      data.titles[`p${k}`] = 'one more';
    }
    data.curves.sr1!.equation_of_state = [
      { id: 'one', title: 'One', x: { label: 'x', unit: 'K', values: [1] }, y: { label: 'y', unit: '', values: [2] } },
    ];
    data.curves.sr2 = {};
    parseXml(renderValidation(data));
    data.potentials = { a: {} };
    data.curves = {};
    data.reference = null;
    parseXml(renderValidation(data));
  });
});

/** The data with every leaf replaced. */
function leaves<T>(value: T, change: (value: unknown, key: string) => unknown, key = ''): T {
  if (Array.isArray(value)) return value.map((one) => leaves(one, change, key)) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, leaves(one, change, name)])) as T;
  return change(value, key) as T;
}
