import type { Command } from 'commander';
import { InputError } from '../../errors.js';
import { addDataOptions, type DataFlags, defined, nonEmpty, positiveNumber, readOptions } from '../options.js';

interface AuditFlags extends DataFlags {
  mend?: string;
  json?: boolean;
  all?: boolean;
  strict?: boolean;
  cutoff?: number;
  closest?: number;
}

const EXAMPLES = `
Examples:
  $ eqpot audit training.extxyz
  $ eqpot audit training.extxyz --mend mended.extxyz
  $ eqpot audit run-*/OUTCAR --json > audit.json

Findings go to standard output, the summary of what was read to standard error. Nothing is changed in the files given.
`;

/** `eqpot audit DATA... [--mend OUT] [--json]` */
export function register(program: Command): void {
  const command = program
    .command('audit')
    .description('look a data set over before it is fitted: labels, cells, distances, duplicates, energies, forces')
    .argument('<data...>', 'data files; .gz is unpacked')
    .option('--mend <file>', 'write the data without its errors: mended where that is possible, else left out (extended XYZ)', nonEmpty)
    .option('--json', 'print the findings as JSON')
    .option('--all', 'list every frame of every finding')
    .option('--strict', 'exit code 2 when a frame has an error')
    .option('--cutoff <length>', 'cutoff of the model that judges energies and forces, Å', positiveNumber)
    .option('--closest <length>', 'distances below this are errors, Å', positiveNumber);
  addDataOptions(command).addHelpText('after', EXAMPLES).action(act);
}

async function act(paths: string[], flags: AuditFlags): Promise<void> {
  const [{ readFrames }, { formatSummary }, { summarise }, auditing, { createProgress }] = await Promise.all([
    import('../../datasets/read.js'),
    import('../../datasets/format-summary.js'),
    import('../../datasets/summary.js'),
    import('../../audit.js'),
    import('../../engines/progress.js'),
  ]);
  const set = readFrames(paths, readOptions(flags));
  process.stderr.write(formatSummary(summarise(set)));
  const progress = createProgress();
  progress.phase('audit');
  const settings = defined({ cutoff: flags.cutoff, closest: flags.closest });
  const report = auditing.audit(set.frames, { ...settings, onProgress: (fraction, message) => progress.update(fraction, message) });
  progress.done();
  const text = flags.json
    ? `${JSON.stringify(auditing.auditToJson(report, set.frames), null, 2)}\n`
    : auditing.formatAudit(report, set.frames, { all: flags.all ?? false });
  process.stdout.write(text);
  if (flags.mend !== undefined) await mend(flags.mend, set.frames, report);
  const wrong = new Set(report.findings.filter((finding) => finding.severity === 'error').flatMap((finding) => finding.frames));
  if (flags.strict && wrong.size > 0)
    throw new InputError(
      `the audit found errors in ${wrong.size} of ${report.frames} frames`,
      {},
      { hint: '--mend FILE writes the data without them' },
    );
}

async function mend(
  path: string,
  frames: readonly import('../../structures/structure.js').Frame[],
  report: import('../../audit.js').AuditReport,
): Promise<void> {
  const [{ applyAudit }, { writeExtxyz }, { writeFileAtomic }] = await Promise.all([
    import('../../audit.js'),
    import('../../datasets/extxyz/write.js'),
    import('../../engines/files.js'),
  ]);
  const applied = applyAudit(frames, report, 'mend');
  if (applied.frames.length === 0)
    throw new InputError('no frame is left to write', {}, { hint: 'every frame has an error that cannot be mended' });
  writeFileAtomic(path, writeExtxyz(applied.frames));
  process.stderr.write(`${[...applied.lines, `written: ${path} (${applied.frames.length} of ${frames.length} frames)`].join('\n')}\n`);
}
