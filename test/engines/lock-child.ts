import { lockDirectory } from '../../src/engines/lock.js';

// takes the lock of a folder when told to, says whether it has it, and keeps it until its input ends
process.stdin.once('data', async () => {
  const lock = await lockDirectory(process.argv[2]!).catch((error: Error) => error);
  process.stdout.write(lock instanceof Error ? `${lock.message.split('\n')[0]}\n` : 'has it\n');
});
process.stdout.write('ready\n');
