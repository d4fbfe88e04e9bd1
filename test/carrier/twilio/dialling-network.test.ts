// Twilio's dialling through its own SDK against the simulated network, over real sockets.
import { afterEach } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createTwilioDialling } from '../../../src/carrier/twilio/dialling.ts';
import { startNetwork, type RestFault } from '../../../src/simulator/phone/network.ts';
import { diallingContract, NUMBERS, PEOPLE, type DialFault } from '../../contracts/dialling.contract.ts';
import { startAnsweringServer } from '../../simulator/phone/answering-server.ts';
import { nowhere } from './rest-stand-in.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'secret-auth-token-0123456789';
const ACCEPTED = '<Response><Pause length="60"/></Response>';

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

const FAULTS: Record<Exclude<DialFault, 'away'>, RestFault> = {
  busy: '429',
  refused: { refuse: 21_211 },
  failing: '503',
  dropped: 'drop',
  mute: 'silent',
  lost: 'drop-after',
  late: 'silent-after',
};

diallingContract('Twilio', async (fault) => {
  const network = await startNetwork({
    ...{ accountSid, authToken, clock: systemClock, numbers: NUMBERS },
    people: [
      { number: PEOPLE.patient, does: 'no-answer' },
      { number: PEOPLE.prompt, does: 'answers', ringsMs: 5, silent: true },
      { number: PEOPLE.engaged, does: 'busy', ringsMs: 5 },
    ],
    faults: {
      rest: ({ method, path }) =>
        fault === undefined || fault === 'away' || method !== 'POST' || !path.endsWith('/Calls.json')
          ? undefined
          : FAULTS[fault],
    },
  });
  const server = await startAnsweringServer({ answer: () => ({ body: ACCEPTED }) });
  disposals.push(
    () => network.close(),
    () => server.close(),
  );
  const dialling = createTwilioDialling({
    ...{ accountSid, authToken, publicBaseUrl: () => server.url },
    apiBaseUrl: fault === 'away' ? await nowhere() : network.url,
    // Who answers late on a busy machine is not silent.
    ...(fault === 'late' || fault === 'mute' ? { timeoutMs: 300 } : {}),
  });
  return {
    dialling,
    taken: () =>
      network.dialled.map(({ to, from, url }) => ({
        ...{ to, from },
        attempt: new URL(url ?? '').searchParams.get('attempt') ?? '',
      })),
    is: async (id, status) => {
      const call = network.calls.get(id);
      if (status === 'ringing') await call?.until('ringing');
      else if (status === 'in-progress') await call?.until('pickedUp');
      else await call?.done;
    },
  };
});
