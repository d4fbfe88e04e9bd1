import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { loadProfiles } from '../../src/agents/load.ts';
import type { Profile } from '../../src/agents/profile.ts';
import { setupOf } from '../../src/call/profile-checks.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiKeyAccess } from '../../src/live/gemini/access.ts';
import { KNOWN_MODELS } from '../../src/live/gemini/models.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type { SessionEvent } from '../../src/live/session.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { Catalogue } from '../../src/tools/catalogue.ts';
import { toolNames } from '../../src/tools/entries.ts';
import type { Tool } from '../../src/tools/tool.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { referenceServer, started } from '../tools/mcp/rig.ts';
import { writingTool } from './desk.ts';
import { script } from './rig.ts';

const DESCRIBED = ['track_parcel', 'order_refill'];
/** Of the protocol's reference server, whose schemas hold more than the Live API takes. */
const SERVED = [
  ...['echo', 'get-sum', 'get-structured-content', 'get-annotated-message', 'get-resource-reference'],
  'trigger-long-running-operation',
];
/** The outcome is written down of calls that we place, and this one comes in. */
const ofCallers = toolNames.filter((name) => name !== 'record_outcome');
const ALL = [...ofCallers, ...DESCRIBED, 'write_line', ...SERVED].sort();

/** All that every model takes, and tools of every kind. */
const PROFILE = {
  ...{ name: 'Desk', numbers: '*', instructions: 'Help {{caller}}.', greeting: 'Hello.' },
  voice: 'Kore',
  language: 'en-US',
  tools: [
    ...toolNames,
    './tools/example.yaml',
    './my-tools.ts',
    { mcp: 'everything', ...started(referenceServer('everything'), 'stdio'), tools: SERVED },
  ],
  destinations: { sales: { to: '+12025550111', description: 'Offers.' } },
  hand_over_to: { repairs: { agent: 'Repairs', description: 'What is broken.' } },
  voicemail: {},
  google_search: true,
  voice_activity: {
    start_sensitivity: 'low',
    end_sensitivity: 'high',
    prefix_padding_ms: 20,
    silence_ms: 600,
  },
  turn_coverage: 'speech',
  compression: { trigger_tokens: 50_000, target_tokens: 10_000 },
  media_resolution: 'low',
  generation: { temperature: 0.6, top_p: 0.9, top_k: 40, max_output_tokens: 2_000, seed: 7 },
  history: [{ caller: 'It is me again.' }, { agent: 'Good to hear you.' }],
};

let profile: Profile;
let tools: readonly Tool[];

beforeAll(async () => {
  const dispose: (() => unknown)[] = [];
  const dir = freshFolder({ onTestFinished: (then) => dispose.push(then as () => unknown) });
  const example = fileURLToPath(new URL('../../fixtures/agents/tools/example.yaml', import.meta.url));
  mkdirSync(join(dir, 'tools'));
  cpSync(example, join(dir, 'tools/example.yaml'));
  // JSON is YAML.
  const files = {
    ...writingTool({ ledger: join(dir, 'ledger.txt') }),
    'desk.yaml': JSON.stringify(PROFILE),
    'repairs.yaml': "name: Repairs\nnumbers: ['+12025550199']\ngreeting: Hello.\ninstructions: Help.\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const secrets = new Map([['orders_api', 'key']]);
  const catalogue = new Catalogue({ secrets, clock: systemClock, log: silentLog });
  profile = (await loadProfiles(dir))[0]!;
  await catalogue.prepare(profile.tools);
  tools = catalogue.toolsOf(profile.tools);
  return async () => {
    await catalogue.close();
    for (const letGo of dispose) letGo();
  };
});

test.concurrent.for(KNOWN_MODELS.map((model) => [model]))(
  '%s takes the setup of a full profile, tools of every kind among it, and greets',
  async ([model], { onTestFinished }) => {
    const simulated = await startModel({ script: script('receptionist') });
    onTestFinished(() => simulated.close());
    const access = apiKeyAccess({ apiKey: 'key', baseUrl: simulated.url, name: 'the simulated model' });
    const live = createGeminiLive({ ways: [access], clock: systemClock });
    const session = live.open(setupOf({ ...profile, model: model! }, tools), silentLog);
    onTestFinished(() => session.close());
    const greeted = await new Promise<SessionEvent>((resolve) => {
      session.listen({
        onAudio: () => undefined,
        onEvent: (event) => {
          if (event.type === 'ready') session.prompt('Greet the caller.');
          if (event.type === 'turnEnded' || event.type === 'failed') resolve(event);
        },
        recall: () => [],
      });
    });
    expect(greeted).toEqual({ type: 'turnEnded', turn: 1 });
    const declared = simulated.sessions[0]!.setup?.tools?.flatMap((tool) => tool.functionDeclarations ?? []);
    expect(declared?.map(({ name }) => name).sort()).toEqual(ALL);
  },
);
