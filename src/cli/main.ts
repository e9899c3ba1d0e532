#!/usr/bin/env node
import { mindClosedPipes, run } from './run.js';

mindClosedPipes();
process.exit(await run(process.argv.slice(2)));
