import { type Command, InvalidArgumentError } from 'commander';
import type { RunChange } from '../../../bridges/run-change.js';
import { InputError } from '../../errors.js';
import { positiveNumber } from '../options.js';

interface WatchFlags {
  json?: boolean;
  poll?: number;
}

const EXAMPLES = `
Examples:
  $ eqpot watch runs/copper
  $ eqpot watch runs/seed-* --json | jq .
  $ eqpot watch ws://127.0.0.1:8080        of eqpot fit copper.yaml --serve 8080

A run directory that is not there yet is waited for. The command ends when all runs have ended, with exit code 0 however they did:
done, stopped, failed, died (its process is gone and has not said why) or lost (the connection to it broke). What else can be read
of a run: bridges/README.md.
`;

/** `eqpot watch RUN...` */
export function register(program: Command): void {
  program
    .command('watch')
    .description('follow runs, here or on other nodes that share the file system, until they end')
    .argument('<run...>', 'run directories, or ws://HOST:PORT of a run with --serve')
    .option('--json', 'print every change as a line of JSON')
    .option('--poll <seconds>', 'look at the files every so often (default: when the system tells of a change, and every 2 s)', pollSeconds)
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(names: string[], { json, poll }: WatchFlags): Promise<void> {
  const runs = [...new Set(names)];
  const urls = runs.filter((name) => /^wss?:/i.test(name));
  const [{ statSync }, { jsonView, plainView, terminalView }, { followRuns }, { followSocket }] = await Promise.all([
    import('node:fs'),
    import('../watch-views.js'),
    import('../../../bridges/files/follow-runs.js'),
    import('../../../bridges/sockets/client.js'),
  ]);
  const directories = runs.filter((name) => !urls.includes(name));
  for (const file of directories)
    if (statSync(file, { throwIfNoEntry: false })?.isFile())
      throw new InputError('is a file, not a run directory', { file }, { hint: 'name the folder that holds run.log' });
  const { stdout } = process;
  const terminal = stdout.isTTY && process.env.TERM !== 'dumb';
  const view = json ? jsonView(stdout) : terminal ? terminalView(stdout, runs) : plainView(stdout);
  const onChange = (run: string, change: RunChange) => view.change(run, change);
  const abort = new AbortController();
  const { signal } = abort;
  try {
    await Promise.all([
      followRuns(directories, { onChange, signal, ...(poll === undefined ? {} : { pollSeconds: poll }) }),
      ...urls.map((url) => followSocket(url, (change) => onChange(url, change), signal)),
    ]);
  } finally {
    abort.abort();
    view.close();
  }
}

function pollSeconds(value: string): number {
  const seconds = positiveNumber(value);
  if (seconds < 0.1 || seconds > 3600) throw new InvalidArgumentError('Expected 0.1 to 3600 seconds.');
  return seconds;
}
