import { expect, test } from 'vitest';
import { isReached, withoutSound } from '../../src/console/node-reach.ts';

const HERE = 'installation/100-7-here';

test.for<[node: string, address: string, boolean]>([
  ['installation/101-8-here', 'http://127.0.0.1:4000', true],
  ['another/101-8-here', 'http://127.0.0.1:4000', true],
  ['installation/101-8-there', 'http://127.0.0.1:4000', false],
  ['installation/101-8-there', 'http://[::1]:4000', false],
  ['installation/101-8-there', 'http://10.0.0.5:8081', true],
  ['installation/101-8', 'http://127.0.0.1:4000', true],
])('%s at %s: %s', ([node, address, reached]) => {
  expect(isReached({ ok: true, door: { node, address } }, HERE)).toBe(reached);
});

test('where its sound is out of reach it can be neither listened to nor taken over, and else as before', () => {
  expect(isReached({ ok: true }, HERE)).toBe(false);
  const now = { listen: null, takeOver: null, transfer: null, destinations: [], operator: null };
  const away = { listen: 'no-way-there', takeOver: 'no-way-there' };
  expect(withoutSound({ ok: true, now })).toEqual({ ok: true, now: { ...now, ...away } });
  const taken = { ...now, takeOver: 'taken' } as const;
  expect(withoutSound({ ok: true, now: taken })).toMatchObject({ now: { takeOver: 'taken' } });
  expect(withoutSound({ ok: true })).toEqual({ ok: true });
});
