/**
 * Benchmarks. `npm run bench` lists the sections; `npm run bench -- kernels md` runs some, `npm run bench -- all` all of them.
 * Each section prints the machine, the command and the number of repeats beside its figures; docs/benchmarks.md keeps a set of them.
 */
import { parseArgs } from 'node:util';
import { budget } from './budget.js';
import { copper, recovery, snap } from './fits.js';
import { forces } from './forces.js';
import { kernels } from './kernels.js';
import { learning } from './learning.js';
import { md } from './md.js';
import { printHeader } from './measure.js';
import { methods } from './methods.js';
import { mlEam } from './ml-eam.js';
import { mlEamMethods } from './ml-eam-methods.js';
import { niMo } from './ni-mo.js';
import { optimisers } from './optimisers.js';
import { potfit } from './potfit.js';
import { sMeam } from './s-meam.js';
import { sMeamFront } from './s-meam-front.js';
import { sMeamSearch } from './s-meam-search.js';
import { type Section, Skip } from './section.js';
import { sockets } from './sockets.js';
import { splines } from './splines.js';
import { tensorflow } from './tensorflow.js';
import { uncertainty } from './uncertainty.js';

const SECTIONS: readonly Section[] = [
  kernels,
  forces,
  budget,
  optimisers,
  methods,
  copper,
  recovery,
  snap,
  learning,
  splines,
  sMeam,
  sMeamFront,
  sMeamSearch,
  mlEam,
  mlEamMethods,
  niMo,
  uncertainty,
  md,
  sockets,
  tensorflow,
  potfit,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeats: { type: 'string' }, gpu: { type: 'boolean', default: false } },
});
const chosen = positionals.includes('all') ? SECTIONS.map(({ name }) => name) : positionals;
const unknown = chosen.filter((name) => !SECTIONS.some((section) => section.name === name));
const repeats = values.repeats === undefined ? undefined : Number(values.repeats);

if (chosen.length === 0 || unknown.length > 0 || (repeats !== undefined && !(Number.isInteger(repeats) && repeats > 0))) {
  if (unknown.length > 0) console.error(`there is no section ${unknown.join(', ')}\n`);
  console.log('npm run bench -- SECTION... [--repeats N] [--gpu], or all:\n');
  for (const { name, what, duration } of SECTIONS) console.log(`  ${name.padEnd(12)} ${what} (${duration})`);
  process.exitCode = positionals.length > 0 ? 2 : 0;
} else {
  for (const name of chosen) {
    const section = SECTIONS.find((one) => one.name === name)!;
    console.log(`== ${section.name}: ${section.what}`);
    printHeader(`npm run bench -- ${section.name}${repeats ? ` --repeats ${repeats}` : ''}${values.gpu ? ' --gpu' : ''}`);
    try {
      await section.run({ ...(repeats ? { repeats } : {}), gpu: values.gpu });
    } catch (error) {
      if (!(error instanceof Skip)) throw error;
      console.log(`skipped: ${error.message}`);
    }
    console.log();
  }
}
