import assert from 'node:assert/strict';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { createGuard } from '../../../src/dispatcher/sending/guard.ts';

const guardOf = (allowedNetworks: readonly string[] = [], ownPorts: readonly number[] = []) =>
  createGuard({ allowedNetworks, ownPorts: () => ownPorts });

/**
 * First and last address of each network, or single ones. Sources: the IANA special-purpose registries and RFC 6890.
 */
const refused: Record<string, readonly string[]> = {
  'this network': ['0.0.0.0', '0.255.255.255', '::'],
  loopback: ['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255'],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::1', 'febf::1', 'fe80::1%lo'],
  metadata: ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '192.0.0.192'],
  'services of cloud hosts': ['168.63.129.16', '::ffff:168.63.129.16', '161.26.0.10', '166.8.0.1', '166.11.255.255'],
  'unique local': ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'site-local': ['fec0::1', 'feff::1'],
  documentation: ['192.0.2.0', '192.0.2.255', '198.51.100.1', '203.0.113.1', '2001:db8::', '2001:db8:ffff::1'],
  'documentation, newer': ['3fff::1', '3fff:fff:ffff::1'],
  benchmarking: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  'protocol assignments': ['192.0.0.0', '192.0.0.171', '192.0.0.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff00::', 'ff02::1', 'ff0e::1'],
  reserved: ['240.0.0.0', '255.255.255.254', '4000::1', '8000::1', '1fff::1', '5f00::1'],
  broadcast: ['255.255.255.255'],
  'discard only': ['100::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::ffff:10.1.2.3'],
  'IPv4-compatible': ['::127.0.0.1', '::7f00:1', '::10.0.0.1', '::8.8.8.8'],
  'IPv4-translated': ['::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
  NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '64:ff9b:1:fffe::10.0.0.1'],
  '6to4': ['2002:7f00:1::', '2002:a00:1::1', '2002:c0a8:101::', '2002:808:808::'],
  '6to4 relays': ['192.88.99.1'],
  Teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ORCHID: ['2001:10::1', '2001:20::1'],
  ISATAP: ['2606:4700::5efe:10.0.0.1', '2606:4700::200:5efe:127.0.0.1', 'fe80::5efe:192.168.1.1'],
};

const reachable = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
  '168.63.129.15',
  '168.63.129.17',
  '166.12.0.0',
];

/** Spellings that Node's URL parser accepts and normalizes before the guard sees them. */
const spelled = [
  ...['2130706433', '0x7f000001', '0x7F.1', '0177.0.0.1', '017700000001', '127.1', '127.0.1', '127.0.0.1.'],
  ...['%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1', '0', '0x0', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:0001]', '[::127.0.0.1]', '[0000::0001]'],
];

describe('the guard', () => {
  for (const [range, addresses] of Object.entries(refused)) {
    test(`the guard blocks ${range}`, () => {
      for (const address of addresses) assert.match(guardOf().refusal(address, 443) ?? 'none', /not a public/, address);
    });
  }

  test("the guard blocks every address of the machine's own interfaces, also public and new ones", (t) => {
    let time = 0;
    t.mock.method(performance, 'now', () => time);
    const entry = (address: string) => ({ address }) as NetworkInterfaceInfo;
    const found = { eth0: [entry('8.8.4.4'), entry('2A00:1450:4001:081b::200e')], eth1: undefined };
    let asked = 0;
    const interfaces = () => {
      asked += 1;
      return found;
    };
    const guard = (allowedNetworks: string[] = []) =>
      createGuard({ allowedNetworks, ownPorts: () => [81], interfaces });
    const { refusal } = guard();
    for (const address of ['8.8.4.4', '::ffff:8.8.4.4', '2a00:1450:4001:81b::200e']) {
      assert.match(refusal(address, 443) ?? '', /not a public address \(own interface\)/, address);
      assert.equal(refusal(address, 81), 'is this gateway itself');
    }
    assert.equal(refusal('8.8.8.8', 443), undefined);
    assert.equal(asked, 1);
    found.eth0.push(entry('8.8.8.8'));
    time += 3000;
    assert.match(refusal('8.8.8.8', 443) ?? '', /own interface/);
    assert.equal(guard(['8.8.4.0/24', '168.63.129.16']).refusal('8.8.4.4', 443), undefined);
    assert.equal(guard(['168.63.129.16']).refusal('168.63.129.16', 80), undefined);
  });

  test('the guard allows public addresses up to the borders of the blocked networks', () => {
    for (const address of reachable) assert.equal(guardOf().refusal(address, 443), undefined, address);
  });

  test('the guard blocks non-public addresses in every spelling of a URL', () => {
    for (const host of spelled) {
      const { hostname } = new URL(`http://${host}/`);
      assert.match(guardOf().refusal(hostname.replace(/^\[|\]$/g, ''), 80) ?? 'none', /not a public/, host);
    }
  });

  test('the guard blocks texts that are not addresses', () => {
    for (const text of ['', 'localhost', '127.1', '0177.0.0.1', '8.8.8.8/32', '2130706433', '1.2.3', '[::1]']) {
      assert.equal(guardOf(['0.0.0.0/0', '::/0']).refusal(text, 80), 'is not an IP address', text);
    }
  });

  test('the guard blocks the ports 0 and 25 at any address', () => {
    for (const port of [0, 25]) assert.match(guardOf(['127.0.0.0/8']).refusal('8.8.8.8', port) ?? '', /blocked port/);
    assert.equal(guardOf().refusal('8.8.8.8', 24), undefined);
  });

  test("the guard blocks the gateway's own ports at all addresses of this machine, and only there", () => {
    const guard = guardOf(['0.0.0.0/0', '::/0'], [8080]);
    const own = Object.values(networkInterfaces()).flatMap((entries) => entries?.map(({ address }) => address) ?? []);
    for (const address of ['127.0.0.1', '127.0.0.2', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1', ...own]) {
      assert.match(guard.refusal(address, 8080) ?? 'none', /this gateway itself/, address);
      assert.equal(guard.refusal(address, 8081), undefined, address);
    }
    assert.equal(guard.refusal('8.8.8.8', 8080), undefined);
  });

  test('the guard allows the listed private networks and no others', () => {
    const guard = guardOf(['10.1.0.0/16', '192.168.1.5', 'fd12::/16']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.1.5', 'fd12::1', '8.8.8.8']) {
      assert.equal(guard.refusal(address, 80), undefined, address);
    }
    for (const address of ['10.2.0.0', '192.168.1.6', 'fd13::1', '127.0.0.1', '::10.1.2.3', '64:ff9b::10.1.2.3']) {
      assert.ok(guard.refusal(address, 80), address);
    }
  });
});
