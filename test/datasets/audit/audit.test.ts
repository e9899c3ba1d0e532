import { expect } from 'chai';
import { type AuditReport, applyAudit, audit, auditToJson, formatAudit } from '../../../src/audit.js';
import { RandomStream } from '../../../src/math/random.js';
import { type Frame, repeat } from '../../../src/structures/structure.js';
import { A0, crystal, displaced, frame, misplaced, numbered, soundFrames, strained } from './copper.js';

/** Frames that a check reports with at least this severity. */
function reported(report: AuditReport, check: string, severities = ['error', 'warning']): number[] {
  const found = report.findings.filter((f) => f.check === check && severities.includes(f.severity)).flatMap((f) => f.frames);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** The check reports exactly these frames, and no other check reports anything. */
function expectOnly(report: AuditReport, check: string, frames: readonly number[]): void {
  expect(reported(report, check)).to.deep.equal([...frames]);
  expect(report.findings.filter((f) => f.check !== check && f.severity !== 'note').map((f) => `${f.check}: ${f.message}`)).to.deep.equal(
    [],
  );
}

describe('audit of made-up copper data', () => {
  const sound = soundFrames();

  it('finds nothing in sound data, strained crystals and vacancies included', () => {
    const seen: number[] = [];
    const report = audit(sound, { onProgress: (fraction) => seen.push(fraction) });
    // progress never goes back
    expect(seen.at(-1)).to.equal(1);
    for (let k = 1; k < seen.length; k++) expect(seen[k]).to.be.at.least(seen[k - 1]!);
    expect(report.findings).to.deep.equal([]);
    expect(report.leftOut).to.deep.equal([]);
    expect(formatAudit(report, sound)).to.equal('43 frames: 0 with errors (0 of them can be mended), 0 with warnings, 0 with notes\n');
  });

  describe('cells', () => {
    const cube = crystal().cell;
    const bad = [
      strained(crystal(), [-0.045, 0, 0, 0, -0.045, 0, 0, 0, 0.096]),
      strained(crystal(), [0.03, 0, 0, 0, 0.03, 0, 0, 0, -0.057]),
      strained(crystal(), [0, 0.03, 0, 0.03, 0, 0, 0, 0, 0.001]),
      strained(crystal(), [0, 0.002, 0, 0.002, 0, 0, 0, 0, 0]),
    ].map((s) => frame(s));
    const set = numbered([...sound.slice(0, 20), ...bad.map((f) => misplaced(f, cube)), ...sound.slice(20)]);
    const planted = [20, 21, 22, 23];
    let report: AuditReport;
    before(() => {
      report = audit(set);
    });

    it('finds the frames whose coordinates belong to another cell, also one that is hardly strained, and mends them', () => {
      expectOnly(report, 'cells', planted);
      for (const finding of report.findings.filter((f) => f.check === 'cells')) {
        expect(finding.severity).to.equal('error');
        expect(finding.remedy).to.equal('mend');
      }
      planted.forEach((i, k) => {
        const mended = report.mended.get(i)!;
        expect(mended.cell).to.deep.equal(set[i]!.cell);
        expect(mended.energy).to.equal(set[i]!.energy);
        for (let d = 0; d < mended.positions.length; d++) expect(mended.positions[d]).to.be.closeTo(bad[k]!.positions[d]!, 1e-9);
      });
    });

    it('shows the evidence: both strains, regularity, residuals before and after', () => {
      const finding = report.findings.find((f) => f.frames[0] === 20)!;
      expect(finding.evidence['strain of the coordinates']).to.match(/^xx \+?-?\d/);
      expect(finding.evidence['strain of the cell']).to.include('zz');
      expect(finding.evidence['different environments, stated and mended']).to.match(/^\d+, 1$/);
      const before = Math.abs(finding.evidence['energy residual as stated, meV/atom'] as number);
      const after = Math.abs(finding.evidence['energy residual mended, meV/atom'] as number);
      expect(before).to.be.greaterThan(20 * after);
    });

    it('finds a disordered frame by another frame with the same fractional coordinates', () => {
      const random = RandomStream.fromSeed(5);
      const disorder = displaced(crystal(), 0.15, random);
      const versions = [-0.03, 0, 0.02].map((e) => frame(strained(disorder, [e, 0, 0, 0, e, 0, 0, 0, e])));
      const wrong = frame(strained(disorder, [0.03, 0, 0, 0, 0, 0.02, 0, 0.02, -0.03]));
      const mixed = numbered([...sound, ...versions, misplaced(wrong, disorder.cell)]);
      const seen = audit(mixed);
      expect(reported(seen, 'cells')).to.deep.equal([46]);
      const mended = seen.mended.get(46)!.positions;
      for (let k = 3; k < mended.length; k++)
        expect(mended[k]! - mended[k % 3]!).to.be.closeTo(wrong.positions[k]! - wrong.positions[k % 3]!, 1e-6);
    });

    it('leaves stacking faults made by tilting the cell alone: their energy fits the stated cell', () => {
      const faults = [0.2, 0.35, 0.5].map((shift) => {
        const perfect = repeat(crystal(), [1, 1, 1]);
        const cell = perfect.cell.slice();
        cell[6]! += shift * A0 * 0.5;
        return frame({ ...perfect, cell });
      });
      const seen = audit(numbered([...sound, ...faults]));
      expect(reported(seen, 'cells')).to.deep.equal([]);
      expect(seen.mended.size).to.equal(0);
      // by geometry alone they look like misplaced coordinates
      expect(reported(audit(faults.map((f) => without(f, 'energy'))), 'cells', ['warning'])).to.deep.equal([0, 1, 2]);
    });

    it('only warns where there are no energies to prove it', () => {
      const bare = set.map(({ energy: _, ...rest }): Frame => rest);
      const seen = audit(bare);
      expect(reported(seen, 'cells', ['warning'])).to.deep.equal(planted);
      expect(reported(seen, 'cells', ['error'])).to.deep.equal([]);
      expect(seen.leftOut.map((l) => l.check)).to.deep.equal(['energies']);
    });

    it('is mended, set aside or kept as asked', () => {
      const mended = applyAudit(set, report, 'mend');
      expect(mended.frames).to.have.length(set.length);
      expect(mended.mended.map((m) => m.index)).to.deep.equal(planted);
      expect(mended.frames[20]).to.equal(report.mended.get(20));
      expect(mended.lines[0]).to.match(/^mended: 3 frames \(first: frame-20 \(copper\.extxyz:681\)\): the coordinates do not belong/);
      const excluded = applyAudit(set, report, 'exclude');
      expect(excluded.setAside.map((s) => s.index)).to.deep.equal(planted);
      expect(excluded.indices).to.deep.equal(set.map((_, i) => i).filter((i) => !planted.includes(i)));
      const kept = applyAudit(set, report, 'keep');
      expect(kept.frames).to.deep.equal(set);
      expect(kept.lines).to.deep.equal(['kept although the audit found errors in them: 4 frames']);
    });
  });

  it('finds wrong energies, also when several are wrong in the same way', () => {
    const set = sound.map((f, i) => ([4, 20, 30].includes(i) ? { ...f, energy: f.energy! + 0.15 * f.species.length } : f));
    expectOnly(audit(set), 'energies', [4, 20, 30]);
  });

  it('finds atoms that are too close, by default and below a set distance', () => {
    const close = sound[25]!.positions.slice();
    for (let d = 0; d < 3; d++) close[3 + d] = close[d]! + (d === 0 ? 0.7 : 0);
    const set = sound.map((f, i) => (i === 25 ? { ...f, positions: close } : f));
    const report = audit(set);
    expect(reported(report, 'distances', ['error'])).to.deep.equal([25]);
    expect(applyAudit(set, report, 'mend').setAside.map((s) => s.index)).to.deep.equal([25]);
    // -5 % and -4 % of 2.56 Å; one frame at a time, so that no model is built
    const low = [0, 1, 2, 5].filter((i) => audit([sound[i]!], { closest: 2.47 }).findings.some((f) => f.severity === 'error'));
    expect(low).to.deep.equal([0, 1]);
  });

  it('finds copies, whatever their numbering, place and repetition, and copies that contradict each other', () => {
    const original = sound[5]!;
    const n = original.species.length;
    const shuffled: Frame = {
      ...original,
      positions: Float64Array.from(original.positions, (_, k) => original.positions[3 * (n - 1 - Math.floor(k / 3)) + (k % 3)]! + 0.3),
    };
    const doubled: Frame = { ...original, ...repeat(original, [1, 2, 1]), energy: 2 * original.energy!, forces: new Float64Array(6 * n) };
    const set = numbered([...sound, shuffled, doubled]);
    const report = audit(set);
    const copies = report.findings.filter((f) => f.check === 'duplicates');
    expect(copies.map((f) => [f.severity, f.frames])).to.deep.equal([['note', [5, 43, 44]]]);
    const other = set.map((f, i) => (i === 43 ? { ...f, energy: f.energy! + 0.005 * n } : f));
    expect(
      audit(other)
        .findings.filter((f) => f.check === 'duplicates')
        .map((f) => f.severity),
    ).to.deep.equal(['warning']);
  });

  it('finds missing labels within a group, and frames without any', () => {
    const set = sound.map((f, i) => {
      if (i === 3) return without(f, 'stress');
      if (i === 22) return without(f, 'forces');
      if (i === 40) return without(without(without(f, 'energy'), 'forces'), 'stress');
      return f;
    });
    const report = audit(set);
    expectOnly(report, 'labels', [3, 22, 40]);
    expect(reported(report, 'labels', ['error'])).to.deep.equal([40]);
    expect(report.findings.map((f) => f.message).join())
      .to.include('no stress')
      .and.include('no forces');
  });

  it('finds another energy zero of a file, with structures in common and without', () => {
    const second = soundFrames(7)
      .filter((f) => f.configType !== 'bulk')
      .map((f) => ({ ...f, energy: f.energy! + 0.31 * f.species.length }));
    const apart = audit([...sound, ...numbered(second, 'other.extxyz')]);
    expectOnly(
      apart,
      'zeros',
      second.map((_, i) => 43 + i),
    );
    expect(apart.findings.find((f) => f.check === 'zeros')!.evidence['offset, eV/atom']).to.be.closeTo(0.31, 1e-3);
    const common = sound.slice(0, 8).map((f) => ({ ...f, energy: f.energy! - 0.05 * f.species.length }));
    const shared = audit([...sound, ...numbered(common, 'other.extxyz')]);
    expect(shared.findings.find((f) => f.check === 'zeros')!.evidence).to.deep.equal({ 'offset, eV/atom': -0.05, 'structures in both': 8 });
  });

  it('finds another energy zero of a group within a file', () => {
    const group = soundFrames(9)
      .filter((f) => f.configType === 'thermal')
      .map((f) => ({ ...f, configType: 'other code', energy: f.energy! - 0.2 * f.species.length }));
    const set = numbered([...sound, ...group]);
    const report = audit(set);
    expect(reported(report, 'zeros')).to.deep.equal(group.map((_, i) => 43 + i));
    expect(report.findings.find((f) => f.check === 'zeros')!.evidence['offset, eV/atom']).to.be.closeTo(-0.2, 5e-3);
  });

  describe('forces', () => {
    const random = RandomStream.fromSeed(3);
    const hot = Array.from({ length: 14 }, () => frame(displaced(crystal(), 0.12, random), { configType: 'hot' }));
    const set = numbered([...sound, ...hot]);

    it('finds a net force, turned signs, exchanged atoms, placeholders and another unit', () => {
      const spoiled = set.map((f, i) => {
        const forces = f.forces!.slice();
        if (i === 43)
          forces.forEach((_, k) => {
            forces[k]! += k % 3 === 2 ? 0.05 : 0;
          });
        else if (i === 45) return { ...f, forces: forces.map((x) => -x) };
        else if (i === 47) return { ...f, forces: forces.map((_, k) => forces[(k + 15) % forces.length]!) };
        else if (i === 49) return { ...f, forces: forces.map(() => 0) };
        else if (i === 51) return { ...f, forces: forces.map((x) => 25.71 * x) };
        return { ...f, forces };
      });
      const report = audit(spoiled);
      expectOnly(report, 'forces', [43, 45, 47, 49, 51]);
      expect(reported(report, 'forces', ['error'])).to.deep.equal([45, 47, 49, 51]);
    });

    it('finds forces of the wrong sign throughout, and stress with the sign of pressure', () => {
      const turned = set.map((f) => ({ ...f, forces: f.forces!.map((x) => 0 - x), stress: f.stress!.map((x) => 0 - x) }));
      const messages = audit(turned)
        .findings.map((f) => f.message)
        .join('\n');
      expect(messages).to.include('the forces have the wrong sign').and.include('the stress has the wrong sign');
    });
  });

  it('says what it leaves out for several elements, and still checks the rest', () => {
    const alloy = sound.map((f, i) => ({ ...f, species: f.species.map((s, k) => (k === 0 && i > 10 ? 'Ag' : s)) }));
    const report = audit(alloy);
    expect(report.leftOut).to.deep.equal([
      { check: 'energies', reason: 'the data has 2 elements, and the model that judges energies is one of a single element' },
    ]);
    expect(report.findings.filter((f) => f.severity === 'error')).to.deep.equal([]);
  });

  it('takes a few frames, frames without a cell and no frames at all', () => {
    expect(audit([]).findings).to.deep.equal([]);
    const atom: Frame = {
      ...frame(crystal()),
      cell: new Float64Array(9),
      pbc: [false, false, false],
      species: ['Cu'],
      positions: new Float64Array(3),
      energy: -0.1,
    };
    delete atom.forces;
    delete atom.stress;
    const report = audit(numbered([...sound, atom]));
    expect(report.findings.filter((f) => f.severity === 'error')).to.deep.equal([]);
  });

  it('reports as text with places and as JSON without loss', () => {
    const set = sound.map((f, i) => (i === 4 ? { ...f, energy: f.energy! + 5 } : f));
    const report = audit(set);
    const text = formatAudit(report, set);
    expect(text).to.match(
      /^ERRORS\n {2}energies: the energy does not fit those of similar structures \[exclude\]: 1 frame\n {4}frame-4 \(copper\.extxyz:137\)\n/,
    );
    const json = JSON.parse(JSON.stringify(auditToJson(report, set)));
    expect(json.findings[0]).to.include({ check: 'energies', severity: 'error', remedy: 'exclude' });
    expect(json.findings[0].names).to.deep.equal(['frame-4 (copper.extxyz:137)']);
  });
});

function without(f: Frame, label: 'energy' | 'forces' | 'stress'): Frame {
  const copy = { ...f };
  delete copy[label];
  return copy;
}
