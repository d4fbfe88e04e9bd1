// The wiring, by hand, top to bottom: a configuration goes in, a running server comes out.
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Profile } from './agents/profile.ts';
import { MULAW_8K } from './audio/format.ts';
import { checkLocalTurnTaking, type LocalTurnTaking } from './audio/self-check.ts';
import { warmUp } from './audio/warm-up.ts';
import { systemClock, type Clock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import type { Log } from './base/log.ts';
import { Lobby } from './call/lobby.ts';
import { musicName } from './call/prompts.ts';
import { Notices } from './call/notices.ts';
import { checkSetups, prepareTools } from './call/profile-checks.ts';
import { keepRoster } from './call/roster-keeper.ts';
import { Switchboard } from './call/switchboard.ts';
import { createTwilioAcceptor } from './carrier/twilio/acceptor.ts';
import { MEDIA_MAX_PAYLOAD_BYTES } from './carrier/twilio/intake.ts';
import { createTwilioWebhooks } from './carrier/twilio/webhooks.ts';
import { VERSION, type Config } from './config.ts';
import type { Crm } from './crm/crm.ts';
import { agentListOf } from './console/agent-list.ts';
import { commandsOf } from './console/commands.ts';
import { LiveDesk } from './console/live-desk.ts';
import { openConsole } from './console/open-console.ts';
import { besidePhone } from './console/phone-carrier.ts';
import { ConsolePhone } from './console/phone.ts';
import { carrierRoutes } from './http/carrier-routes.ts';
import { consoleRoutes } from './http/console-routes.ts';
import { consoleSockets } from './http/console-sockets.ts';
import { healthRoutes } from './http/health-routes.ts';
import { liveSocket } from './http/live-socket.ts';
import { mediaSocket } from './http/media-socket.ts';
import { openNodeDoor } from './http/node-door.ts';
import { operatorApi } from './http/operator-api.ts';
import { phoneRoutes } from './http/phone-routes.ts';
import { phoneSocket } from './http/phone-socket.ts';
import { createHttpServer } from './http/server.ts';
import { sessionRoutes } from './http/session-routes.ts';
import { callbackGuard } from './ivr/callback-guard.ts';
import { openCallbacks } from './ivr/callbacks/callbacks.ts';
import { nobodyThere } from './ivr/callbacks/nobody-there.ts';
import { mayDial } from './ivr/dial-guard.ts';
import { createPostgresRoutes } from './ivr/route-store-postgres.ts';
import { createPopScreen } from './ivr/screen-pop.ts';
import { openCampaigns, type OpenCampaigns } from './campaign/open-campaigns.ts';
import { loadRules } from './campaign/rules/load.ts';
import { openBooks, type BooksOptions } from './records/books.ts';
import { createMetrics } from './records/metrics.ts';
import { createPostgresOptOuts } from './records/opt-outs.ts';
import type { RecordStore } from './records/store.ts';
import { createPostgresTotals } from './records/totals.ts';
import { openRecordings } from './records/recording/recordings.ts';
import { openVoicemail } from './records/voicemail/voicemail.ts';
import { createWhose } from './records/voicemail/whose.ts';
import { openDatabase } from './store/database.ts';
import type { Backlog } from './store/write-behind/write-behind.ts';
import { Catalogue } from './tools/catalogue.ts';
import { createPostgresEffects } from './tools/effects/postgres.ts';
import { createSteadyEffects } from './tools/effects/steady.ts';
import { rehearsed, seedCustomers, standInModel, standInPhones, withPhones } from './rehearsal.ts';
import { carrierOf, crmOf, liveOf } from './vendors.ts';

const fixture = (path: string): string => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

/** Long enough for a goodbye; who still talks then is hung up on. */
const DRAIN_MS = 30_000;
/** A container that is stopped has little time left after its calls; what is not in the database then is on disk. */
const RECORDS_WITHIN_MS = 5_000;
const CRM_ANSWERS_WITHIN_MS = 10_000;
/** Whoever else is asked next about a call finds it there; nobody asks for long. */
const ROUTES_WITHIN_MS = 2_000;

export interface StartOptions {
  readonly clock?: Clock;
  readonly localTurnTaking?: LocalTurnTaking;
  /** Told to stop while it starts: it takes no call any more, lets go of what it has, and rejects. */
  readonly told?: AbortSignal;
  /** In a rehearsal: what callers booked in earlier ones goes. */
  readonly samplesAsNew?: boolean;
  /** Is told what of the records is safe: committed, or on disk. */
  readonly onSafe?: BooksOptions['onSafe'];
}

export interface App {
  /** As the carrier reaches it. */
  readonly publicBaseUrl: string;
  readonly port: number;
  /** As they are in force for new calls. */
  readonly profiles: readonly Profile[];
  /** Calls in progress. */
  readonly callCount: number;
  readonly notices: Notices;
  readonly records: Pick<RecordStore, 'find' | 'get' | 'last'>;
  /** Calls that we place. */
  readonly campaigns: Omit<OpenCampaigns, 'placed' | 'start' | 'close'>;
  /** What is written down and not yet in the database. */
  readonly backlog: Backlog;
  /** Takes no new call, lets those that talk finish within 30 s, then lets go of everything. A second call does not wait. */
  stop(): Promise<void>;
}

/**
 * Throws PROFILE_INVALID, DATABASE_REFUSED or PORT_UNAVAILABLE with what to do about it; nothing is left running then. Where
 * local turn-taking is not usable, the server starts without it, unless a profile asks for it.
 */
export async function startApp(config: Config, log: Log, options: StartOptions = {}): Promise<App> {
  const held = new AsyncDisposableStack();
  try {
    return await start(config, log, options, held);
  } catch (thrown) {
    await held.disposeAsync();
    throw thrown;
  }
}

/** Whatever has to be let go of is put on `held`, in the order in which it was taken. */
async function start(
  config: Config,
  log: Log,
  { clock = systemClock, localTurnTaking = checkLocalTurnTaking(), told, samplesAsNew, onSafe }: StartOptions,
  held: AsyncDisposableStack,
): Promise<App> {
  const notices = new Notices(log);
  if (!localTurnTaking.usable)
    log.error(
      { reason: localTurnTaking.reason },
      'local turn-taking is not available; liveline doctor says more',
    );
  const catalogue = new Catalogue({ secrets: config.secrets, clock, log });
  held.defer(() => catalogue.close());
  const keeper = await keepRoster({
    source: {
      agentsDir: config.agentsDir,
      promptsDir: fixture('audio/prompts'),
      lineFormat: MULAW_8K,
      defaultModel: config.model.defaultModel,
      localTurnTaking,
      dialCountries: config.dialCountries,
    },
    check: async (profiles) => {
      await prepareTools(profiles, catalogue);
      checkSetups(profiles, liveOf(config), (profile) => catalogue.toolsOf(profile.tools));
    },
    onRead: (profiles) => catalogue.keepOnly(profiles.map(({ tools }) => tools)),
    clock,
    log,
  });
  held.defer(() => keeper.stop());
  warmUp();

  const { databaseUrl: url, dir: dataDir, spoolBytes } = config.data;
  told?.throwIfAborted();
  const database = openDatabase({ url, dataDir, log });
  held.defer(() => database.close());
  const crm = await crmOf(config, { database: () => database, clock });
  const books = await openBooks({
    ...{ database, dataDir, spoolBytes, notices, crm, clock, log, onSafe, signal: told },
    rehearsal: config.rehearsal,
  });
  held.defer(() => books.close(RECORDS_WITHIN_MS));
  told?.throwIfAborted();
  log.info({ database: database.where, dataDir, crm: crm.name }, 'records of calls are kept');
  if (config.crm.is !== 'postgres') void tryCrm(crm, log);
  if (config.rehearsal && config.crm.is === 'postgres')
    await seedCustomers({ database, epochMs: clock.epochMs(), asNew: samplesAsNew, log });

  const standIn = await standInModel(config, { clock, log });
  held.defer(() => standIn?.close());
  const phones = await standInPhones(config, { clock, log });
  held.defer(() => phones?.close());
  const law = await loadRules(config.callingRulesDir);
  const http = createHttpServer(log, clock);
  const port = await http.listen(config.http.host, config.http.port);
  held.defer(() => http.close());
  const publicBaseUrl = config.http.publicBaseUrl ?? `http://127.0.0.1:${port}`;

  const live = liveOf(config, { standIn: standIn?.url, clock });
  const carrier = carrierOf(config, () => publicBaseUrl);
  const routeStore = createPostgresRoutes({ database, clock, log });
  held.defer(() => routeStore.close(ROUTES_WITHIN_MS));
  const { dialCountries: countries } = config;
  const optOuts = createPostgresOptOuts(database);
  const callbacks = openCallbacks({
    ...{ database, control: rehearsed(config, carrier), clock, log, rehearsal: config.rehearsal },
    guard: callbackGuard(countries),
    optOuts,
    nobodyThere: (callback) => nobodyThere(callback, keeper.roster.profiles, clock.epochMs()),
  });
  held.defer(() => callbacks.close(RECORDS_WITHIN_MS));
  const profileNamed = (name: string): Profile | undefined =>
    keeper.roster.profiles.find((profile) => profile.name === name);
  const webhook = { secret: config.webhookSecret, allowPrivate: config.webhookPrivate };
  const voicemail = await openVoicemail({
    ...{ database, dataDir, recordings: carrier, live, publicBaseUrl, webhook, clock, log },
    rehearsal: config.rehearsal,
    whose: createWhose({ routes: routeStore, records: books.store, profileNamed, clock }),
    mail: { url: config.mail.smtpUrl, from: config.mail.from },
  });
  held.defer(() => voicemail.close(RECORDS_WITHIN_MS));
  // Those who call in a rehearsal are on phones of another process.
  const dialling = phones
    ? carrierOf(withPhones(config, phones), () => publicBaseUrl)
    : rehearsed(config, carrier);
  const campaigns = openCampaigns({
    ...{ database, rehearsal: config.rehearsal, node: books.node, law, countries, profileNamed, clock, log },
    account: config.carrier.accountSid ?? 'rehearsal',
    callsPerSecond: config.carrier.callsPerSecond,
    carrier: dialling,
    ownNumbers: (signal) => dialling.ownNumbers(signal),
    expect: (call, placed) => switchboard.expect(call, placed),
    capacity: (name) => ({
      callsAtOnce: profileNamed(name)?.limits.callsAtOnce,
      live: switchboard.callsOf(name),
      model: { most: config.modelSessions, live: switchboard.callCount },
    }),
  });
  held.defer(() => campaigns.close(RECORDS_WITHIN_MS));
  const { placed } = campaigns;
  const ofCalls = besidePhone(carrier);
  const recordings = await openRecordings({
    ...{ database, dataDir, s3: config.data.recordingsS3, rehearsal: config.rehearsal, clock, log },
  });
  held.defer(() => recordings.close(RECORDS_WITHIN_MS));
  const switchboard: Switchboard = new Switchboard({
    recordings: recordings.calls,
    dispositions: placed.dispositions,
    placedFacts: placed.facts,
    roster: () => keeper.roster,
    live,
    lendTools: (list) => catalogue.lend(list),
    effects: createSteadyEffects({ shared: createPostgresEffects(database), clock, log }),
    optOuts,
    crm,
    control: ofCalls,
    texts: ofCalls,
    routes: {
      store: routeStore,
      callbacks,
      popScreen: createPopScreen({ ...webhook, clock, log }),
      isOn: (id) => ofCalls.isOn(id),
      mayDial: (to) => mayDial(to, { countries }) === undefined,
      musicOf: (profile) => musicName(profileNamed(profile)?.holdMusic),
    },
    lineFormat: MULAW_8K,
    notices,
    clock,
    log,
  });
  const lobby = new Lobby({
    ...{ switchboard, crm, clock, log },
    ...{ placed: placed.calls, placedFacts: placed.facts },
  });
  const phone = new ConsolePhone({
    ...{ lobby, switchboard, clock, log },
    profiles: () => keeper.roster.profiles,
  });
  held.defer(() => phone.close());
  const metrics = createMetrics({
    notices,
    calls: () => switchboard.callCount,
    backlog: () => books.backlog,
    crmLog: () => books.crmLog,
    recordings: () => recordings.counts,
  });
  held.defer(() => metrics.stop());
  const webhooks = createTwilioWebhooks({ authTokens: config.carrier.authTokens, publicBaseUrl, log });
  const acceptor = createTwilioAcceptor({ clock, log });
  const { operatorToken: token, viewerToken } = config;
  const tokens = token === undefined ? undefined : { operator: token, viewer: viewerToken };
  const desk = await openConsole({ database, dataDir, tokens, clock, log });
  held.defer(() => desk.close(RECORDS_WITHIN_MS));
  const { sessions, signIn, audit } = desk;
  const { nodeAddress } = config.http;
  const door = await openNodeDoor({
    ...{ switchboard, clock, log, address: nodeAddress === undefined ? undefined : new URL(nodeAddress) },
  });
  held.defer(() => door.close());
  const board = new LiveDesk({
    ...{ notices, switchboard, database, commands: commandsOf(switchboard), door, clock, log },
    node: { id: books.node, name: `${hostname()}:${port}` },
    capacity: config.modelSessions,
  });
  held.defer(() => board.close());
  const operator = { token, viewerToken, publicBaseUrl, sessions, audit };
  const server = { version: VERSION, rehearsal: config.rehearsal };
  const streams = { acceptor, switchboard, log, maxMessageBytes: MEDIA_MAX_PAYLOAD_BYTES };
  http.serve(
    [
      consoleRoutes({ publicBaseUrl }),
      carrierRoutes({
        ...{ webhooks, lobby, switchboard, placed: placed.news },
        sounds: () => keeper.roster.prompts.music,
        onRecording: (ready) => voicemail.take(ready, switchboard.routes.messageIn(ready.callId)),
      }),
      ...operatorApi({
        ...{ operator, notices, switchboard, optOuts, campaigns, metrics, audit, profileNamed, clock },
        ...{ records: books.store, voicemails: voicemail.store, version: VERSION },
        recordings: recordings.store,
        agents: () => agentListOf(keeper.roster.profiles, keeper.news),
        totals: createPostgresTotals(database),
        commands: board.commands,
        ownNumbers: (signal) => dialling.ownNumbers(signal),
        ready: () => database.ready(),
      }),
      healthRoutes(switchboard),
      sessionRoutes({ operator, signIn, sessions, server }),
      phoneRoutes({ phone, operator }),
    ],
    [
      mediaSocket({ webhooks, ...streams }),
      phoneSocket({ phone, operator, ...streams }),
      ...consoleSockets({ switchboard, others: board, operator, clock, log }),
      liveSocket({ live: board, operator, clock, log }),
    ],
  );

  campaigns.start();

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const late = clock.after(DRAIN_MS, () => switchboard.shutDown());
    // First of all nobody is called any more. Who is being called may still answer here.
    await Promise.all([campaigns.close(RECORDS_WITHIN_MS), switchboard.drain(), lobby.drain()]);
    await Promise.all([switchboard.drain(), lobby.drain()]);
    late();
    // What the lobby has just answered is on its way out then.
    await setImmediate();
    await held.disposeAsync();
  };
  return {
    publicBaseUrl,
    port,
    get profiles() {
      return keeper.roster.profiles;
    },
    get callCount() {
      return switchboard.callCount;
    },
    notices,
    records: books.store,
    campaigns,
    get backlog() {
      return books.backlog;
    },
    stop() {
      if (stopping) switchboard.shutDown();
      return (stopping ??= stop());
    },
  };
}

/** Tokens are fetched and connections opened before a caller waits for them; and whoever starts the server hears of a fault. */
async function tryCrm(crm: Crm, log: Log): Promise<void> {
  try {
    await crm.check(AbortSignal.timeout(CRM_ANSWERS_WITHIN_MS));
  } catch (thrown) {
    log.error(
      { crm: crm.name, reason: messageOf(thrown) },
      'the CRM does not answer as it should: calls go on without it; liveline crm check says more',
    );
  }
}
