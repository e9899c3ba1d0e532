import { expect } from 'chai';
import { isLoopback, parseAddress, urlOf } from '../../../bridges/sockets/address.js';
import { InputError } from '../../../src/errors.js';

describe('address to serve progress at', () => {
  it('is this machine only, unless another is named', () => {
    expect(parseAddress()).to.deep.equal({ host: '127.0.0.1', port: 0 });
    expect(parseAddress('8080')).to.deep.equal({ host: '127.0.0.1', port: 8080 });
    expect(parseAddress('0.0.0.0:80')).to.deep.equal({ host: '0.0.0.0', port: 80 });
    expect(parseAddress('node-17.cluster:65535')).to.deep.equal({ host: 'node-17.cluster', port: 65_535 });
    expect(parseAddress('[::1]:8080')).to.deep.equal({ host: '::1', port: 8080 });
    expect(urlOf(parseAddress('[::1]:8080'))).to.equal('ws://[::1]:8080');
    expect(urlOf(parseAddress('8080'))).to.equal('ws://127.0.0.1:8080');
  });

  it('is refused with what was expected', () => {
    for (const text of [
      '',
      'copper.yaml',
      '65536',
      '-1',
      ':8080',
      'host:',
      '::1:80',
      'ws://127.0.0.1:80',
      '127.0.0.1:80/x',
      '1e3',
      '080808',
    ])
      expect(() => parseAddress(text), text).to.throw(InputError, 'HOST:PORT');
  });

  it('knows what no other machine reaches', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]']) expect(isLoopback(host), host).to.equal(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.org', 'localhost.evil.org', ''])
      expect(isLoopback(host), host).to.equal(false);
  });
});
