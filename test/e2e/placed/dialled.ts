// A server that dials, without campaigns: switchboard and lobby between the simulated phone network and the simulated model, on
// real sockets; the test is whoever places the calls. Knows no case.
import type { TestContext } from 'vitest';
import { profileSchema } from '../../../src/agents/profile.ts';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { CallId } from '../../../src/base/ids.ts';
import { createLog } from '../../../src/base/log.ts';
import { Lobby } from '../../../src/call/lobby.ts';
import { Notices, type Notice } from '../../../src/call/notices.ts';
import type { PlacedCall } from '../../../src/call/placed-calls.ts';
import { promptsOf, readSounds } from '../../../src/call/prompts.ts';
import { Switchboard } from '../../../src/call/switchboard.ts';
import { createTwilioAcceptor } from '../../../src/carrier/twilio/acceptor.ts';
import { createTwilioControl } from '../../../src/carrier/twilio/control.ts';
import { createTwilioDialling } from '../../../src/carrier/twilio/dialling.ts';
import { MEDIA_MAX_PAYLOAD_BYTES } from '../../../src/carrier/twilio/intake.ts';
import { createTwilioWebhooks } from '../../../src/carrier/twilio/webhooks.ts';
import type { OutboundCall } from '../../../src/carrier/control.ts';
import { createMemoryCrm } from '../../../src/crm/memory.ts';
import { carrierRoutes } from '../../../src/http/carrier-routes.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import { mediaSocket } from '../../../src/http/media-socket.ts';
import { createMemoryRoutes } from '../../../src/ivr/route-store-memory.ts';
import { apiKeyAccess } from '../../../src/live/gemini/access.ts';
import { createGeminiLive } from '../../../src/live/gemini/session.ts';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import { startModel } from '../../../src/simulator/model/server.ts';
import { startNetwork } from '../../../src/simulator/phone/network.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { Disposition } from '../../../src/tools/dispositions.ts';
import { memoryOptOuts } from '../../doubles/memory-opt-outs.ts';
import { toolsOf } from '../../doubles/tools-of.ts';
import { scriptFrom } from '../desk.ts';
import { ACCOUNT, audioDir, AUTH_TOKEN } from '../rig.ts';

export const OURS = '+12025550100';
export const THEM = '+12025550143';

export interface DialledOptions {
  /** Fields of the profile beside its name. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly script: ScriptSource;
  readonly person: Omit<Person, 'number'>;
  /** Left out: the attempt is ours. */
  readonly find?: (attempt: string) => Promise<PlacedCall | undefined>;
  /** Whether the server that dials is the one that is asked. Default: it is. */
  readonly expects?: boolean;
}

export async function openDialler(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: DialledOptions,
) {
  const clock = systemClock;
  const lines: string[] = [];
  const log = createLog({
    level: 'debug',
    secrets: [AUTH_TOKEN],
    destination: { write: (line) => void lines.push(line) },
  });
  const model = await startModel({ script: scriptFrom(options.script), clock });
  const network = await startNetwork({
    ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock },
    people: [{ ...options.person, number: THEM }],
  });
  const http = createHttpServer(log);
  const publicBaseUrl = `http://127.0.0.1:${await http.listen('127.0.0.1', 0)}`;
  const credentials = { accountSid: ACCOUNT, authToken: AUTH_TOKEN, apiBaseUrl: network.url };
  const carrier = { ...credentials, publicBaseUrl: () => publicBaseUrl };
  const control = createTwilioControl(carrier);
  const dialling = createTwilioDialling(carrier);
  const webhooks = createTwilioWebhooks({ authTokens: [AUTH_TOKEN], publicBaseUrl, log });
  const facts: (readonly [what: string, value?: unknown])[] = [];
  const dispositions: Disposition[] = [];
  const optOuts = memoryOptOuts();
  const notices = new Notices(log);
  const told: Notice[] = [];
  notices.subscribe((notice) => told.push(notice));
  const profile = profileSchema().parse({
    ...{ name: 'reminder', direction: 'outbound', instructions: 'Remind {{campaign.name | them}}.' },
    ...{ greeting: 'Hello {{campaign.name | there}}!', look_up_caller: 'off' },
    ...options.profile,
  });
  const prompts = promptsOf(readSounds(`${audioDir}/prompts`, MULAW_8K));
  const switchboard = new Switchboard({
    roster: () => ({ profiles: [profile], prompts }),
    live: createGeminiLive({
      ways: [apiKeyAccess({ apiKey: 'rehearsal', baseUrl: model.url, name: 'the simulated model' })],
      clock,
    }),
    lendTools: (list) => ({ tools: toolsOf(list), giveBack: () => undefined }),
    crm: createMemoryCrm({ contacts: [] }),
    optOuts,
    dispositions: { record: (_call, disposition) => Promise.resolve(void dispositions.push(disposition)) },
    placedFacts: {
      answeredBy: (_call, by) => void facts.push(['answered-by', by]),
      spoke: (_call, afterMs) => void facts.push(['spoke', afterMs]),
      messageLeft: () => void facts.push(['message-left']),
    },
    control,
    texts: { send: () => Promise.reject(new Error('no texts here')) },
    routes: {
      store: createMemoryRoutes(clock),
      popScreen: () => undefined,
      isOn: (id) => control.isOn(id),
      mayDial: () => true,
      musicOf: () => 'hold',
    },
    ...{ lineFormat: MULAW_8K, notices, clock, log },
  });
  const placedOf = (attempt: string): PlacedCall => ({
    ...{ attempt, profile: 'reminder', campaign: 'check-ups', variables: { name: 'Ada' } },
  });
  const find = options.find ?? ((attempt) => Promise.resolve(placedOf(attempt)));
  const lobby = new Lobby({
    switchboard,
    crm: createMemoryCrm({ contacts: [] }),
    placed: { find },
    clock,
    log,
  });

  const routes = carrierRoutes({
    ...{ webhooks, lobby, switchboard, sounds: () => prompts.music },
    onRecording: () => Promise.resolve(),
  });
  const acceptor = createTwilioAcceptor({ clock, log });
  http.serve(
    [routes],
    [mediaSocket({ webhooks, acceptor, switchboard, log, maxMessageBytes: MEDIA_MAX_PAYLOAD_BYTES })],
  );
  onTestFinished(async () => {
    await network.close();
    switchboard.shutDown();
    await http.close();
    await model.close();
  });
  return {
    ...{ network, model, switchboard, facts, dispositions, optOuts, told, lines },
    /** Places the call, and gets ready while it rings. */
    async dial(more: Partial<OutboundCall> = {}): Promise<{ id: CallId; phone: PhoneCall }> {
      const call = {
        to: THEM,
        from: OURS,
        ringS: 20,
        attempt: 'a1',
        detectsMachines: 'off',
        ...more,
      } as const;
      const id = await dialling.dial(call);
      if (options.expects ?? true) switchboard.expect({ id, ...call }, placedOf(call.attempt));
      return { id, phone: await network.called(THEM) };
    },
    is: (): string[] => told.flatMap((notice) => (notice.type === 'placed-call' ? [notice.is] : [])),
    wroteDown: (): string[] => told.map(({ type }) => type),
  };
}
