import { markup } from '../markup.js';
import { count, MISSING, milli, plural, significant } from '../numbers.js';
import type { ReportCrossValidation, ReportMoments, ReportRecovery } from '../report-data.js';
import { facts, note, type Section } from '../section.js';
import { renderTable } from '../table.js';

/** How well the structure of the equation, refitted without a part of the data, predicts that part. */
export function crossValidationSection(cv: ReportCrossValidation): Section {
  type Row = { part: string; frames?: number; energyMae?: number; energyRmse?: number; forceMae?: number };
  const { energyMae, energyRmse, forceMae, trainEnergyMae, trainForceMae, byFold = [] } = cv;
  const rows: Row[] = [{ part: 'held out, all folds', energyMae, energyRmse, forceMae }];
  if (trainEnergyMae !== undefined || trainForceMae !== undefined)
    rows.push({ part: 'fitted frames', energyMae: trainEnergyMae, forceMae: trainForceMae });
  byFold.forEach((fold, k) => {
    rows.push({ part: `fold ${k + 1}`, ...fold });
  });
  const columns = (
    [
      ['frames', 'frames', count],
      ['energy MAE', 'energyMae', milli],
      ['energy RMSE', 'energyRmse', milli],
      ['force MAE', 'forceMae', milli],
    ] as const
  ).filter(([, key]) => rows.some((row) => row[key] !== undefined));
  return {
    id: 'cross-validation',
    title: 'Cross-validation',
    body: markup`<p>The constants were refitted ${cv.folds} times, each time without one part of the frames, and judged on that part.</p>
${renderTable({
  caption: `Energies in meV/atom${columns.some(([, key]) => key === 'forceMae') ? ', forces in meV/Å' : ''}`,
  columns: [{ head: 'part', tight: true }, ...columns.map(([head]) => ({ head, align: 'right' as const }))],
  rows: rows.map((row) => [row.part, ...columns.map(([, key, written]) => row[key] !== undefined && written(row[key]))]),
  emphasised: new Set([0]),
})}`,
  };
}

/** Accuracy of the expansion that the fit computed with. */
export function momentsSection(moments: ReportMoments): Section {
  const { functions, error, uniqueRows, atoms } = moments;
  return {
    id: 'numerics',
    title: 'Numerical accuracy of the fit',
    body: facts([
      ['radial functions', count(functions)],
      ['estimated error of the expansion', `${milli(error)}\u00a0meV/atom`],
      [
        'different neighbourhoods',
        `${count(uniqueRows)} of ${plural(atoms, 'atom')}${atoms > 0 ? ` (${significant((100 * uniqueRows) / atoms, 2)} %)` : ''}`,
      ],
    ]),
  };
}

/** Known constants beside those found. */
export function recoverySection(recovery: ReportRecovery): Section {
  const { constants, sameTerms, note: remark } = recovery;
  return {
    id: 'recovery',
    title: 'Recovery of the known equation',
    body: markup`${sameTerms !== undefined && markup`<p class="verdict ${sameTerms ? 'good' : 'bad'}">${sameTerms ? 'The found equation has the terms of the true one.' : 'The found equation has other terms than the true one.'}</p>`}
${renderTable({
  columns: [
    { head: 'constant', tight: true },
    { head: 'true', align: 'right' },
    { head: 'found', align: 'right' },
    { head: 'deviation, %', align: 'right' },
  ],
  rows: constants.map(({ name, truth, found }) => [
    markup`<code>${name}</code>`,
    significant(truth, 7),
    significant(found, 7),
    truth === 0 ? MISSING : significant((100 * (found - truth)) / Math.abs(truth), 2),
  ]),
})}
${remark && note(remark)}`,
  };
}
