// Which addresses are in the open internet. Knows nothing of names and of requests.
import { BlockList, isIP } from 'node:net';

/**
 * Whatever is not globally reachable unicast, by the IANA special-purpose registries
 * (iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry) and RFC 5771 (multicast).
 */
const PRIVATE_V4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, and with it the metadata servers of clouds
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];
/** Within 2000::/3, the only global unicast there is (RFC 4291 §2.4, IANA's ipv6-unicast-address-assignments). */
const PRIVATE_V6 = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits] = subnet.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}

const privateV4 = blockList('ipv4', PRIVATE_V4);
const privateV6 = blockList('ipv6', PRIVATE_V6);
const globalV6 = blockList('ipv6', ['2000::/3']);

/** False also for what is no address at all. */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) is only written behind addresses that stay on their link.
  if (address.includes('%')) return false;
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !privateV4.check(address, 'ipv4');
  const groups = groupsOf(address);
  const carried = carriedV4(groups);
  if (carried !== undefined) return isPublicAddress(carried);
  return globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
}

/** The eight groups of an IPv6 address that `isIP` knows to be one; URL writes it in one way only. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/**
 * The IPv4 address that a gateway or the system itself would take out of it: ::ffff:0:0/96 (RFC 4291), 64:ff9b::/96 (NAT64,
 * RFC 6052) and 2002::/16 (6to4, RFC 3056).
 */
function carriedV4(groups: readonly number[]): string | undefined {
  const begins = (...start: number[]): boolean => start.every((group, i) => groups[i] === group);
  const written = (high: number, low: number): string =>
    [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  if (begins(0, 0, 0, 0, 0, 0xffff) || begins(0x64, 0xff9b, 0, 0, 0, 0))
    return written(groups[6]!, groups[7]!);
  return begins(0x2002) ? written(groups[1]!, groups[2]!) : undefined;
}
