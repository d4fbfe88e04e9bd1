// Look-ups through the lobby alone, with a real adapter of a CRM behind it. The switchboard only notes what it is handed.
import { profileSchema } from '../../src/agents/profile.ts';
import { systemClock } from '../../src/base/clock.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { LookedUp } from '../../src/call/known-caller.ts';
import { Lobby, type Beyond } from '../../src/call/lobby.ts';
import type { Crm } from '../../src/crm/crm.ts';
import type { Caller, LookUp } from './call.ts';

const profile = profileSchema().parse({
  ...{ name: 'Bench', numbers: '*', instructions: 'Help.', greeting: 'Hello.' },
});

let calls = 0;

/** One call; resolves when the CRM has answered, be it late. */
export async function lookUpInLobby(crm: Crm, { number }: Caller): Promise<LookUp> {
  const late = Promise.withResolvers<LookedUp>();
  let inTime: LookedUp | undefined;
  const switchboard: Beyond = {
    has: () => false,
    expects: () => false,
    looksUp: () => false,
    profileOf: () => profile,
    answer(_, lookedUp) {
      inTime = lookedUp;
      return { do: 'stream', token: 'of the bench' };
    },
    withdraw: () => undefined,
    missed: () => undefined,
    lookedUpLate: (_, lookedUp) => late.resolve(lookedUp),
  };
  const lobby = new Lobby({ switchboard, crm, clock: systemClock, log: silentLog });
  const startedMs = performance.now();
  await lobby.answer({
    ...{ id: callId(`CA${calls++}`), from: number, to: '+15550100100' },
    ...{ direction: 'inbound', status: 'ringing' },
  });
  const heldMs = performance.now() - startedMs;
  const { tookMs, contact, cause } = inTime ?? (await late.promise);
  return { tookMs, heldMs, isLate: !inTime, isFound: contact !== undefined, cause };
}
