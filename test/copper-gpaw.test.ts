import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadLearnSettings } from '../src/config/load-learn.js';
import { readFrames } from '../src/datasets/read.js';
import { evaluate, loadModel } from '../src/evaluate.js';
import { createLabeller } from '../src/workflows/label/labellers.js';

const FOLDER = fileURLToPath(new URL('../examples/copper-gpaw', import.meta.url));
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8');

/** Rows of the first table of the README after a heading: name and numbers. */
function tableAfter(heading: string): Map<string, number[]> {
  const lines = README.slice(README.indexOf(heading)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|---'));
  const rows = lines.slice(
    first + 1,
    lines.findIndex((line, k) => k > first && !line.startsWith('|')),
  );
  return new Map(
    rows.map((row) => {
      const [name, ...cells] = row.slice(1, -1).split('|');
      return [name!.trim().replaceAll('`', ''), cells.map(Number)];
    }),
  );
}

describe('examples/copper-gpaw', () => {
  const { frames } = readFrames([join(FOLDER, 'labels.extxyz')]);
  const printed = tableAfter('## Errors');

  it('holds labels of its settings, each with its origin', async () => {
    const { settings } = loadLearnSettings(join(FOLDER, 'copper-gpaw.yaml'));
    // no GPAW is needed to know its settings
    const { settings: hash } = await createLabeller({ ...settings.label, python: 'python3' } as typeof settings.label, FOLDER);
    for (const { labelOrigin, energy, forces, species } of frames) {
      expect(labelOrigin).to.include({ engine: 'gpaw', version: 'GPAW 22.8.0', settings: hash });
      expect(labelOrigin!.input).to.match(/^[0-9a-f]{16}$/);
      expect(labelOrigin!.wallSeconds).to.be.above(1);
      expect(energy! / species.length).to.be.within(-3.6, 2);
      expect(forces).to.have.length(3 * species.length);
      expect(species.length).to.be.at.most(9);
    }
    expect(new Set(frames.map(({ labelOrigin }) => labelOrigin!.input)).size).to.equal(frames.length);
    const text = readFileSync(join(FOLDER, 'labels.extxyz'), 'utf8');
    const rounds = [...text.matchAll(/label_round=(\d)/g)].map(([, round]) => Number(round));
    expect(Math.max(...rounds)).to.be.at.least(3);
    expect(text).not.to.match(/\/(tmp|home|root|work)\//);
  });

  for (const file of ['model.json', 'potential.eam.fs'])
    it(`has the errors that its README prints, by ${file}`, () => {
      const { report } = evaluate(
        { ...loadModel(join(FOLDER, file)), referenceEnergies: loadModel(join(FOLDER, 'model.json')).referenceEnergies },
        frames,
      );
      const all = { ...report.groups, all: report };
      expect([...printed.keys()].sort()).to.deep.equal(Object.keys(all).sort());
      for (const [group, { frames: count, energy, forces }] of Object.entries(all))
        expect(printed.get(group), group).to.deep.equal([
          count,
          Number((1e3 * energy!.mae).toFixed(1)),
          Number((1e3 * forces!.mae).toFixed(0)),
        ]);
    });
});
