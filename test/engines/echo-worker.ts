import { serve, type TaskContext } from '../../src/engines/worker-side.js';
import { EngineError, EqpotError, InputError, VerificationError } from '../../src/errors.js';

export type EchoTask = {
  do: 'double' | 'store' | 'throw' | 'die' | 'refuse' | 'engine' | 'proof' | 'other' | 'hoard' | 'starve' | 'loop';
  value: number;
  wait?: number;
};

serve(async (task: EchoTask, context: TaskContext<Float64Array, string>) => {
  if (task.wait) await new Promise((resolve) => setTimeout(resolve, task.wait));
  switch (task.do) {
    case 'double':
      return 2 * task.value;
    case 'store':
      context.shared[task.value] = task.value;
      context.post(`stored ${task.value}`);
      return 0;
    case 'throw':
      throw new RangeError(`bad value ${task.value}`);
    case 'die':
      return process.exit(9);
    case 'refuse':
      throw new InputError('no cell', { file: 'a.xyz', line: 3 });
    case 'engine':
      throw new EngineError('LAMMPS is gone', 'its log');
    case 'proof':
      throw new VerificationError('off by 1 eV');
    case 'other':
      throw new EqpotError('nothing found');
    case 'hoard':
      return new ArrayBuffer(2 ** 45).byteLength;
    case 'starve':
      // as the runtime says it for the whole thread
      setImmediate(() => {
        throw Object.assign(new Error('Worker terminated due to reaching memory limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
      });
      return new Promise(() => {});
    case 'loop': {
      context.post('running');
      const end = performance.now() + 20_000;
      while (!context.stop.requested) if (performance.now() > end) throw new Error('the stop was never seen');
      return 'stopped';
    }
  }
});
