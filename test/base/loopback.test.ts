import { expect, test } from 'vitest';
import { isLoopbackAddress, isLoopbackHost } from '../../src/base/loopback.ts';

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s is this machine', (address) => {
  expect(isLoopbackAddress(address)).toBe(true);
  expect(isLoopbackHost(address)).toBe(true);
});

test.each(['[::1]', 'localhost', 'LOCALHOST', 'a.localhost'])(
  '%s is a name of this machine, but no address',
  (host) => {
    expect(isLoopbackAddress(host)).toBe(false);
    expect(isLoopbackHost(host)).toBe(true);
  },
);

test.each([
  '',
  '10.0.0.1',
  '128.0.0.1',
  '::2',
  '::ffff:10.0.0.1',
  '127.0.0.1.example.com',
  'localhost.example.com',
])('%s is not', (host) => expect(isLoopbackHost(host)).toBe(false));
