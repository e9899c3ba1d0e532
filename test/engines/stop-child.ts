import { breathe, StopController } from '../../src/engines/stop.js';

/** Works until it is asked to stop, as a fit does: `node stop-child.ts DIRECTORY MAX_TIME [hang]`. */
const [directory, maxTime, hang] = process.argv.slice(2);
const stop = new StopController({
  ...(directory ? { directory } : {}),
  ...(maxTime ? { maxTimeSeconds: Number(maxTime) } : {}),
});
process.stdout.write('ready\n');
const end = Date.now() + 20_000;
while (!stop.requested && Date.now() < end) await breathe();
if (hang) await new Promise((resolve) => setTimeout(resolve, 20_000));
process.stdout.write(`saved: ${stop.reason}\n`);
stop.dispose();
process.exitCode = 5;
