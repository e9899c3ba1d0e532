import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadTensorflow, probeTensorflow } from '../../src/engines/tensorflow-probe.js';
import { EngineError, InputError } from '../../src/errors.js';

const NAME = 'eqpot-fake-tensorflow';

/** enough of the library for the probe */
const WORKING = (gpu: boolean) => `
module.exports = {
  version: { 'tfjs-core': '4.22.0' },
  getBackend: () => 'tensorflow',
  backend: () => ({ isUsingGpuDevice: ${gpu} }),
  tensor2d: (values) => ({ values }),
  matMul: (a) => ({ data: async () => [7, 10, 15, 22] }),
  override: process.env.NVIDIA_TF32_OVERRIDE,
};
if (process.argv[1] === __filename) console.log('noise of a native library');
`;

describe('TensorFlow probe', () => {
  let folder: string;
  /** a package of this source in a node_modules of its own */
  const fake = (source: string) => {
    const at = mkdtempSync(join(folder, 'case-'));
    const home = join(at, 'node_modules', NAME);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'index.js'), source);
    return { module: NAME, folder: at, timeoutSeconds: 20 };
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-tensorflow-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('says that a missing package is not installed, and names both ways out', async () => {
    const probe = await probeTensorflow({ module: NAME, folder });
    expect(probe.available).to.equal(false);
    expect(probe.reason).to.equal(`${NAME} is not installed`);
    expect(probe.hint).to.match(/npm install @tensorflow\/tfjs-node-gpu@4\.22.*backend: wasm/);
    const failure = await loadTensorflow({ module: NAME, folder }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(InputError);
    expect((failure as Error).message).to.match(/npm install @tensorflow\/tfjs-node-gpu@4\.22.*backend: wasm/);
  });

  it('survives a package that kills its process', async () => {
    const options = fake('process.abort();');
    const probe = await probeTensorflow(options);
    expect(probe.available).to.equal(false);
    expect(probe.reason).to.match(/killed the process that loaded it \(SIGABRT\)/);
    const failure = await loadTensorflow(options).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(EngineError);
    expect((failure as Error).message).to.match(/SIGABRT.*backend: wasm/s);
  });

  it('gives up on a package that hangs, also with a busy loop', async () => {
    for (const source of ['module.exports = { ready: () => new Promise(() => setInterval(() => {}, 1000)) };', 'for (;;);']) {
      const started = performance.now();
      const probe = await probeTensorflow({ ...fake(source), timeoutSeconds: 0.5 });
      expect(probe.available).to.equal(false);
      expect(probe.reason).to.match(/did not answer within 0\.5 s/);
      expect(probe.hint).to.match(/longer limit/);
      expect(performance.now() - started).to.be.below(6000);
    }
  });

  it('shows what a package wrote that throws while it loads', async () => {
    const source = `throw Object.assign(new Error('libtensorflow.so.2: cannot open shared object file'), { code: 'ERR_DLOPEN_FAILED' });`;
    const probe = await probeTensorflow(fake(source));
    expect(probe.available).to.equal(false);
    expect(probe.reason).to.match(/cannot be loaded \(exit code 1\)/);
    expect(probe.hint).to.match(/native library is missing/);
    expect(probe.log).to.contain('libtensorflow.so.2');
  });

  it('does not take a package that ends quietly, or computes wrongly, for a working one', async () => {
    for (const source of ['process.exit(0);', WORKING(true).replace('22]', '21]')])
      expect((await probeTensorflow(fake(source))).available, source).to.equal(false);
  });

  it('loads a working package, with matrix products in full single precision', async () => {
    const options = fake(WORKING(true));
    expect(await probeTensorflow(options)).to.deep.equal({ available: true, backend: 'tensorflow', gpu: true, version: '4.22.0' });
    const before = process.env.NVIDIA_TF32_OVERRIDE;
    try {
      const { tf, backend, gpu, chunks } = await loadTensorflow(options);
      expect({ backend, gpu }).to.deep.equal({ backend: 'tensorflow', gpu: true });
      expect(chunks.rowsPerChunk).to.be.above(1024);
      expect((tf as unknown as { override: string }).override).to.equal('0');
    } finally {
      if (before === undefined) delete process.env.NVIDIA_TF32_OVERRIDE;
      else process.env.NVIDIA_TF32_OVERRIDE = before;
    }
  });

  it('says when the library found no GPU', async () => {
    const probe = await probeTensorflow(fake(WORKING(false)));
    expect(probe).to.include({ available: true, gpu: false });
    expect(probe.hint).to.match(/CUDA 11\.2/);
  });
});
