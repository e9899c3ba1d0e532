import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { allElements, elementOf, usualNearestDistance } from '../../src/structures/elements.js';

describe('elements', () => {
  it('counts atomic numbers from 1 without gaps or repeats', () => {
    const elements = allElements();
    expect(elements.length).to.equal(96);
    elements.forEach((element, index) => {
      expect(element.z).to.equal(index + 1);
    });
    expect(new Set(elements.map(({ symbol }) => symbol)).size).to.equal(96);
    for (const { symbol, mass, a0 } of elements) {
      expect(symbol).to.match(/^[A-Z][a-z]?$/);
      expect(mass, symbol).to.be.within(1, 260);
      expect(a0, symbol).to.be.within(0, 12);
    }
  });

  it('knows copper, tungsten and uranium', () => {
    // CRC Handbook of Chemistry and Physics, 97th edition: atomic numbers and standard atomic weights
    expect(elementOf('Cu')).to.deep.equal({ symbol: 'Cu', z: 29, mass: 63.546, lattice: 'fcc', a0: 3.61 });
    expect(elementOf('W')).to.include({ z: 74, mass: 183.84, lattice: 'bcc' });
    expect(elementOf('U')).to.include({ z: 92, mass: 238.03 });
  });

  it('knows how far nearest neighbours usually are', () => {
    // Kittel, Introduction to Solid State Physics, 8th edition, chapter 1, table 4: Cu 2.56, W 2.74, Si 2.35, Mg 3.20 (here hcp: a), La 3.73
    expect(usualNearestDistance('Cu')).to.be.closeTo(2.56, 0.01);
    expect(usualNearestDistance('W')).to.be.closeTo(2.74, 0.01);
    expect(usualNearestDistance('Si')).to.be.closeTo(2.35, 0.01);
    expect(usualNearestDistance('Mg')).to.be.closeTo(3.2, 0.02);
    expect(usualNearestDistance('La')).to.be.closeTo(3.73, 0.05);
    // one lattice constant does not tell for these
    for (const symbol of ['Mn', 'Sn', 'U', 'At']) expect(usualNearestDistance(symbol)).to.equal(2.5);
  });

  it('says what to write for a wrong symbol', () => {
    expect(() => elementOf('cu')).to.throw(InputError, "write 'Cu'");
    expect(() => elementOf('Xx')).to.throw(InputError, 'no chemical symbol');
    expect(() => elementOf('')).to.throw(InputError, 'no chemical symbol');
  });
});
