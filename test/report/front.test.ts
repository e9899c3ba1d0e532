import { expect } from 'chai';
import { renderReport } from '../../src/report/html.js';
import type { ReportData } from '../../src/report/report-data.js';
import { sampleReport } from './sample.js';
import { elements, hasClass, parseXml, textOf } from './xml.js';

const partsOf = (data: ReportData) => {
  const all = [...elements(parseXml(renderReport(data)))];
  const cards = all.filter((e) => hasClass(e, 'pick'));
  const plot = all.find((e) => e.attributes.id === 'front-plot');
  return { all, cards, plot, links: plot ? [...elements(plot)].filter((e) => e.name === 'a') : [] };
};

describe('front of the report', () => {
  it('leads from every point to a card with the equation, its figures and the command that takes it', () => {
    const data = sampleReport();
    const { cards, links } = partsOf(data);
    const front = data.front!;
    expect(links.map((e) => e.attributes.href).sort()).to.deep.equal(front.map((_, k) => `#front-${k + 1}`).sort());
    expect(cards).to.have.length(front.length);
    for (const card of cards) {
      const e = front[Number(card.attributes.id!.replace('front-', '')) - 1]!;
      const text = textOf(card);
      expect(text).to.include(`${e.complexity} nodes`).and.include(`${e.cutoff} Å`).and.include('× SR2').and.include(e.networks);
      if (e.chosen) expect(text).to.include('loss with rounded constants').and.not.include('eqpot pick');
      else expect(text).to.include(`eqpot pick runs/copper ${e.row}`);
    }
    // shown unless another one is asked for
    expect(textOf(cards.at(-1)!)).to.include('chosen');
  });

  it('tells cutoffs apart by colour and shape, and shows other equations as points that lead nowhere', () => {
    const { plot, links } = partsOf(sampleReport());
    expect(textOf(plot!)).to.include('5.5 Å (0.35 × SR2)').and.include('6 Å (0.55 × SR2)').and.include('SR2: 75 nodes, 12.2 meV/atom');
    const groups = [...elements(plot!)].filter(
      (e) => hasClass(e, 'point') && e.children.some((c) => typeof c !== 'string' && c.name === 'a'),
    );
    expect(groups.map((e) => e.attributes.class)).to.deep.equal(['point s0', 'point s1']);
    expect(links.every((e) => !textOf(e).includes('SR2'))).to.equal(true);
  });

  it('has no figure, and nothing to pick, for a front of one', () => {
    const data = sampleReport();
    data.front = data.front!.slice(-1);
    const { plot, cards, all } = partsOf(data);
    expect(plot).to.equal(undefined);
    expect(cards).to.have.length(1);
    // as the only one of its list it is shown
    expect(all.find((e) => hasClass(e, 'picks'))!.children.filter((c) => typeof c !== 'string')).to.deep.equal(cards);
    expect(all.map((e) => e.attributes.href)).not.to.include('#front-2');
    expect(textOf(cards[0]!)).to.include('74 nodes').and.not.include('eqpot pick');
  });
});
