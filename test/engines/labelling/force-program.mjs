// A force program that does as it is told: `node force-program.mjs NAME BEHAVIOUR [FILE]`; `slow` takes 150 ms for each structure. Harmonic about the origin, energy in hartree.
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [name, behaviour, file] = process.argv.slice(2);
if (behaviour === 'broken') {
  console.error('ERROR: no pseudopotential for Xx');
  process.exit(3);
}
// misbehaves at the first start only
const bad = file === undefined || !existsSync(file);
if (file) writeFileSync(file, '');
const socket = connect(`/tmp/ipi_${name}`);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
const header = (text) => Buffer.from(text.padEnd(12));
let bytes = Buffer.alloc(0);
let n = 0;
let result;
let steps = 0;
socket.on('data', (chunk) => {
  bytes = Buffer.concat([bytes, chunk]);
  for (;;) {
    if (bytes.length < 12) return;
    const message = bytes.toString('latin1', 0, 12).trim();
    let length = 12;
    if (message === 'POSDATA') {
      if (bytes.length < 160) return;
      n = bytes.readInt32LE(156);
      length = 160 + 24 * n;
      if (bytes.length < length) return;
      let energy = 0;
      const forces = Buffer.alloc(24 * n);
      for (let k = 0; k < 3 * n; k++) {
        const x = bytes.readDoubleLE(160 + 8 * k);
        energy += 0.5 * x * x;
        forces.writeDoubleLE(-x, 8 * k);
      }
      steps++;
      const numbers = Buffer.alloc(12);
      numbers.writeDoubleLE(behaviour === 'nan' && bad && steps === 2 ? Number.NaN : energy);
      numbers.writeInt32LE(behaviour === 'count' && bad && steps === 2 ? n + 1 : n, 8);
      result = Buffer.concat([header('FORCEREADY'), numbers, forces, Buffer.alloc(76)]);
    }
    bytes = bytes.subarray(length);
    if (message === 'EXIT') process.exit(0);
    if (bad && steps === 2 && message === 'GETFORCE') {
      if (behaviour === 'die') process.kill(process.pid, 'SIGKILL');
      if (behaviour === 'hang') return socket.pause();
      if (behaviour === 'garbage') return socket.write('Traceback (most recent call last):');
    }
    if (message === 'STATUS') socket.write(header('READY'));
    if (message === 'GETFORCE') {
      if (behaviour === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
      socket.write(result);
    }
  }
});
