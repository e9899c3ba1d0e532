import { expect } from 'chai';
import fc from 'fast-check';
import { bytes, count, differences, fixed, milli, significant } from '../../src/report/numbers.js';

describe('numbers of a report', () => {
  it('are rounded to what a reader needs', () => {
    expect(significant(0.0395906722, 4)).to.equal('0.03959');
    expect(significant(-133.898, 4)).to.equal('−133.9');
    expect(significant(1.25e-9, 2)).to.equal('1.3×10⁻⁹');
    expect(significant(6, 4)).to.equal('6');
    expect(significant(1e300, 3)).to.equal('1×10³⁰⁰');
    expect([0.00421, 0.0388, 1.5265, 0.0999999, 3e-8, 0].map(milli)).to.deep.equal(['4.21', '38.8', '1527', '100', '3×10⁻⁵', '0.00']);
    expect(fixed(-0.0004, 2)).to.equal('0.00');
    expect(count(1234567)).to.equal('1\u2009234\u2009567');
    expect(bytes(5812345)).to.equal('5.81 MB');
  });

  it('are never NaN', () => {
    for (const write of [significant, milli, count, bytes, (v: number) => fixed(v, 2)])
      for (const bad of [Number.NaN, Infinity, -Infinity]) expect(write(bad)).to.equal('–');
  });

  it('read back to within their digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), fc.integer({ min: 1, max: 15 }), (value, digits) => {
        const text = significant(value, digits)
          .replace('−', '-')
          .replace(
            /×10(.*)$/,
            (_, e: string) =>
              `e${[...e]
                .map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))
                .map((i) => (i === 0 ? '-' : i - 1))
                .join('')}`,
          );
        expect(Number(text)).to.equal(Number(value.toPrecision(digits)));
      }),
    );
  });

  it('differences leave out what is not finite', () => {
    const d = differences([0, 1, 2, Number.NaN], [1, 1, -1, 0]);
    expect(d).to.deep.include({ count: 3, broken: 1, mae: 4 / 3, max: 3 });
    expect(d.rmse).to.be.closeTo(Math.sqrt(10 / 3), 1e-12);
    expect(differences([], []).mae).to.be.NaN;
  });
});
