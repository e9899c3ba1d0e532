import { LabelStore } from '../../../src/engines/labelling/store.js';

// records labels until that fails, tells which were recorded
const store = await LabelStore.open(process.argv[2]!);
const structure = {
  cell: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
  pbc: [true, true, true] as [boolean, boolean, boolean],
  species: ['Cu'],
  positions: new Float64Array(3),
};
const recorded: string[] = [];
let message = '';
try {
  store.enqueue(
    0,
    Array.from({ length: 20 }, (_, k) => ({ id: `job ${k}`, structure, why: '', configType: 'x' })),
  );
  for (const { id } of store.pending()) {
    store.record({ id, label: { energy: 1, origin: { engine: 'e'.repeat(300), version: '', settings: '', input: '', wallSeconds: 0 } } });
    recorded.push(id);
  }
} catch (error) {
  message = (error as Error).message;
}
process.stdout.write(JSON.stringify({ recorded, message }));
