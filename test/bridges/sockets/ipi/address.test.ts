import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ipiAddressText, listenAt, parseIpiAddress, unixName } from '../../../../bridges/sockets/ipi/address.js';
import { InputError } from '../../../../src/errors.js';

describe('addresses of i-PI servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-ipi-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are unix sockets by name or path, and ports', () => {
    expect(parseIpiAddress('unix:copper')).to.deep.equal({ path: '/tmp/ipi_copper' });
    expect(parseIpiAddress('/scratch/me/socket')).to.deep.equal({ path: '/scratch/me/socket' });
    expect(parseIpiAddress('unix:./socket')).to.deep.equal({ path: './socket' });
    expect(parseIpiAddress('31415')).to.deep.equal({ host: '127.0.0.1', port: 31415 });
    expect(parseIpiAddress('node17:31415')).to.deep.equal({ host: 'node17', port: 31415 });
    for (const text of ['unix:copper', '/scratch/me/socket', 'node17:31415', '[::1]:31415'])
      expect(ipiAddressText(parseIpiAddress(text)), text).to.equal(text);
    expect([unixName({ path: '/tmp/ipi_x' }), unixName({ path: '/tmp/x' }), unixName({ host: 'a', port: 1 })]).to.deep.equal([
      'x',
      undefined,
      undefined,
    ]);
    for (const text of ['copper', 'unix:', 'unix:a b', `unix:${'x'.repeat(100)}`, '127.0.0.1:99999', ''])
      expect(() => parseIpiAddress(text), text).to.throw(InputError, 'unix:NAME');
  });

  it('take over the socket of a process that was killed, never that of one that lives', async () => {
    const path = join(folder, 'socket');
    const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(spawnSync(process.execPath, ['-e', code]).signal).to.equal('SIGKILL');
    expect(existsSync(path)).to.equal(true);
    const server = createServer();
    await listenAt(server, { path });
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const failure = await listenAt(createServer(), { path }).catch((error) => error);
    expect(failure).to.be.instanceOf(InputError);
    expect(failure.message).to.include('another program listens there');
    server.close();
    expect(existsSync(path)).to.equal(false);
    writeFileSync(path, 'a file of somebody');
    expect(await listenAt(createServer(), { path }).catch((error) => error)).to.be.instanceOf(InputError);
    expect(readFileSync(path, 'utf8')).to.equal('a file of somebody');
  });
});
