import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StateFile } from '../../../bridges/files/state-file.js';
import { createProgress } from '../../../src/engines/progress.js';

/**
 * A run that does nothing: `node run-child.ts DIRECTORY HOW`. It says `ready` when it is in its search, and ends as HOW says: done, stopped,
 * failed, exit (without an end mark, code 130) or wait (to be killed).
 */
const [directory, how] = process.argv.slice(2) as [string, string];
mkdirSync(directory, { recursive: true });
const progress = createProgress({
  quiet: true,
  logFile: join(directory, 'run.log'),
  listeners: [new StateFile(join(directory, 'progress.json'))],
});
progress.line('eqpot 0.1.0: eqpot fit copper.yaml');
progress.phase('search', '2 restarts');
progress.update(0.5, 'best 12 meV/atom');
process.stdout.write('ready\n');
if (how === 'wait') setTimeout(() => {}, 30_000);
else if (how === 'exit') process.exit(130);
else if (how === 'done') progress.end('done');
else if (how === 'stopped' || how === 'failed') progress.end(how, `${how}: because`);
