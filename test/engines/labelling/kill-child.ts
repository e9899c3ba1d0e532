import { join } from 'node:path';
import { folderLabeller } from '../../../bridges/files/folder/labeller.js';
import { FolderLayout } from '../../../bridges/files/folder/layout.js';
import { serveFolder } from '../../../bridges/files/folder/worker.js';
import { SILENT } from '../../../src/engines/progress.js';
import { NEVER_STOP } from '../../../src/engines/stop.js';
import { DELAYED_SETTINGS, delayedLabeller } from './delayed.js';
import { smallLearner } from './small-learner.js';

// learner (labels itself), sender (labels through a folder) or worker, to be killed; arguments: role, folder, delay in ms, seconds that the
// clock is wrong by
const [role, directory, delay, offset] = process.argv.slice(2) as [string, string, string, string];
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(value?: number | string) {
    super(value ?? RealDate.now() + 1000 * Number(offset));
  }
  static override now(): number {
    return RealDate.now() + 1000 * Number(offset);
  }
} as DateConstructor;

const log = join(directory, 'computed.log');
const folder = { settings: DELAYED_SETTINGS, description: 'model: sutton-chen-cu' };
const path = join(directory, 'jobs');
process.stdout.write('ready\n');
if (role === 'learner') await smallLearner(directory, delayedLabeller(Number(delay), log));
else if (role === 'sender')
  await smallLearner(directory, folderLabeller({ path, folder, patience: 60, silentWorker: 60, silentClaim: 60, poll: 0.1 }));
else
  await serveFolder({
    layout: new FolderLayout(path),
    folder,
    labeller: delayedLabeller(Number(delay), log),
    stop: NEVER_STOP,
    progress: SILENT,
    batch: 1,
    idle: Infinity,
    poll: 0.05,
  });
