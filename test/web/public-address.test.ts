import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress } from '../../src/web/public-address.ts';

// One inside each block of the IANA special-purpose registries, its first and last where they are near.
const PRIVATE = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1'],
  ...['127.255.255.255', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1'],
  ...['192.88.99.1', '192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.7'],
  ...['203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '0:0:0:0:0:ffff:c0a8:1',
    '64:ff9b::10.0.0.1',
  ],
  ...[
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
  ],
  ...[
    '2002:c0a8:101::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
  ],
  ...['ff02::1', '2606:4700::1%eth0'],
];
const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255'],
  ...['192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '::ffff:8.8.8.8', '64:ff9b::808:808'],
  ...['2001:4860:4860::8888', '2606:4700:4700::1111', '2002:808:808::1', '2a00:1450:4001:82a::200e'],
];
const NONE = [
  '',
  'localhost',
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '1.2.3',
  '1.2.3.4.5',
  '[::1]',
  '::g',
  ' 8.8.8.8',
];

test.each(PRIVATE)('%s is in no open internet', (address) => expect(isPublicAddress(address)).toBe(false));
test.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
test.each(NONE)('"%s" is no address, and so not public', (text) => expect(isPublicAddress(text)).toBe(false));

const mapped = (v4: string): string => `::ffff:${v4}`;
const hex = (v4: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};

test('an IPv4 address in IPv6 clothes is what it is bare', () => {
  fc.assert(
    fc.property(fc.ipV4(), (v4) => {
      const bare = isPublicAddress(v4);
      for (const dressed of [mapped(v4), `::ffff:${hex(v4)}`, `64:ff9b::${hex(v4)}`, `2002:${hex(v4)}::1`])
        expect(isPublicAddress(dressed), dressed).toBe(bare);
    }),
  );
});

test('how an IPv6 address is written does not matter, and outside 2000::/3 only gateways carry a public one', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
      expect(isPublicAddress(address)).toBe(isPublicAddress(canonical));
      expect(isPublicAddress(address.toUpperCase())).toBe(isPublicAddress(canonical));
      const first = canonical.startsWith(':') ? 0 : Number.parseInt(canonical, 16);
      if ((first < 0x2000 || first > 0x3fff) && !/^(::ffff:|64:ff9b::)/.test(canonical))
        expect(isPublicAddress(address)).toBe(false);
    }),
  );
});
