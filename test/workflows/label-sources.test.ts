import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { InputError } from '../../src/errors.js';
import type { Frame } from '../../src/structures/structure.js';
import { checkLabelSources } from '../../src/workflows/check-data.js';
import { labelledCells } from '../labelled-cells.js';

describe('labels of different sources in one fit', () => {
  const of = (engine: string, settings: string, file: string, changed?: Record<string, string>): Frame => ({
    ...labelledCells()[0]!,
    origin: { file, index: 0 },
    labelOrigin: { engine, settings, version: '1', input: 'x', ...(changed && { changed }) },
  });
  const plain: Frame = { ...labelledCells()[0]!, origin: { file: 'old.extxyz', index: 0 } };
  const check = (frames: Frame[], mixed_labels?: 'refuse' | 'allow') =>
    checkLabelSources(settingsSchema.parse({ data: { files: ['a'], ...(mixed_labels && { mixed_labels }) } }), frames, () => ({
      file: 'fit.yaml',
      line: 3,
    }));

  it('are refused, with both settings and their files', () => {
    const frames = [of('gpaw', 'aa11', 'a.extxyz'), of('gpaw', 'bb22', 'b.extxyz'), of('gpaw', 'aa11', 'c.extxyz')];
    expect(() => check(frames)).to.throw(
      InputError,
      /fit\.yaml:3: .*2 kinds:\n {2}gpaw, settings aa11: 2 frames of a\.extxyz, c\.extxyz\n {2}gpaw, settings bb22: 1 frame of b\.extxyz/,
    );
    expect(() => check([of('gpaw', 'aa11', 'a'), of('vasp', 'aa11', 'b')])).to.throw(InputError, /data\.mixed_labels/);
    expect(check(frames, 'allow')).to.equal(undefined);
  });

  it('are one where single structures only converged with other mixing', () => {
    expect(check([of('vasp', 'aa11', 'a'), of('vasp', 'aa11', 'b', { ALGO: 'All' })])).to.equal(undefined);
  });

  it('are doubtful where part of the data does not say', () => {
    expect(check([plain])).to.equal(undefined);
    expect(check([plain, of('vasp', 'aa11', 'a')])).to.match(/^old\.extxyz: the labels do not say/);
  });
});
