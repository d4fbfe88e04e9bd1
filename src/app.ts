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
import { newNodeKey } from './base/ids.ts';
import type { Log } from './base/log.ts';
import { watchLoopLag, type LoopLag } from './base/loop-lag.ts';
import { createPostgresJournals } from './call/journal-postgres.ts';
import { Lobby } from './call/lobby.ts';
import { takeUpOrphans } from './call/orphans.ts';
import { musicName } from './call/prompts.ts';
import { MovingOut } from './call/moving-out.ts';
import { Notices } from './call/notices.ts';
import { checkSetups, prepareTools } from './call/profile-checks.ts';
import { keepRoster } from './call/roster-keeper.ts';
import { SharedSecret } from './call/shared-secret.ts';
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
import { carrierRoutes, type CarrierRoutesOptions } from './http/carrier-routes.ts';
import { consoleRoutes } from './http/console-routes.ts';
import { consoleSockets } from './http/console-sockets.ts';
import { Detours } from './http/detours.ts';
import { healthRoutes } from './http/health-routes.ts';
import { liveSocket } from './http/live-socket.ts';
import { mediaSocket } from './http/media-socket.ts';
import { nodeDoor } from './http/node-door.ts';
import type { Metrics } from './http/metrics-routes.ts';
import { openNodeListener } from './http/node-listener.ts';
import { operatorApi } from './http/operator-api.ts';
import { OtherNodes, toldOnce, type OwnCalls } from './http/other-nodes.ts';
import { phoneRoutes } from './http/phone-routes.ts';
import { phoneSocket } from './http/phone-socket.ts';
import { createHttpServer } from './http/server.ts';
import { sessionRoutes } from './http/session-routes.ts';
import { Pipes } from './http/stream-pipe.ts';
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
import { hasRoom, type NodeFigures } from './store/nodes/node.ts';
import { NodeRegistry } from './store/nodes/registry.ts';
import type { Backlog } from './store/write-behind/write-behind.ts';
import { Catalogue } from './tools/catalogue.ts';
import { createPostgresEffects } from './tools/effects/postgres.ts';
import { createSteadyEffects } from './tools/effects/steady.ts';
import { rehearsed, seedCustomers, standInModel, standInPhones, withPhones } from './rehearsal.ts';
import { carrierOf, crmOf, liveOf } from './vendors.ts';

const fixture = (path: string): string => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

/** Long enough for a goodbye. Who still talks then goes on at another node, and is hung up on where there is none. */
const DRAIN_MS = 30_000;
/** A container that is stopped has little time left after its calls; what is not in the database then is on disk. */
const RECORDS_WITHIN_MS = 5_000;
const CRM_ANSWERS_WITHIN_MS = 10_000;
/** Whoever else is asked next about a call finds it there; nobody asks for long. */
const ROUTES_WITHIN_MS = 2_000;
const JOURNALS_WITHIN_MS = 2_000;
const SECRET_WITHIN_MS = 1_000;
const NODES_WITHIN_MS = 1_000;
const OTHERS_SAY_WITHIN_MS = 500;

/** This process among several that serve on one port. */
export interface AmongWorkers {
  readonly number: number;
  /** Where those are who stand in for the outside in a rehearsal: all talk to the same. */
  readonly standIns: { readonly model?: string | undefined; readonly phones?: string | undefined };
  /** The figures of all, where `own` are those of this one. */
  metricsOf(own: Metrics): Metrics;
}

export interface StartOptions {
  readonly clock?: Clock;
  readonly localTurnTaking?: LocalTurnTaking;
  /** By which it is judged whether there is time for one more call; left out: measured. */
  readonly loopLag?: LoopLag;
  /** Told to stop while it starts: it takes no call any more, lets go of what it has, and rejects. */
  readonly told?: AbortSignal;
  /** In a rehearsal: what callers booked in earlier ones goes. */
  readonly samplesAsNew?: boolean;
  /** Left out: it has the port to itself. */
  readonly worker?: AmongWorkers | undefined;
  /** An operator wants it to hand its calls on and end. */
  readonly onDrainAsked?: (() => void) | undefined;
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
  /** This process, and the others behind the same public address. */
  readonly nodes: Pick<NodeRegistry, 'self' | 'others' | 'isInContact'>;
  /** Other processes have the port as well: who connects from now on is theirs. */
  leavePort(): void;
  /**
   * Takes no new call, hands those that talk on to other nodes, or lets them finish where there is none, within 30 s, then lets
   * go of everything. A second call does not wait.
   */
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
  {
    clock = systemClock,
    localTurnTaking = checkLocalTurnTaking(),
    loopLag: lag = watchLoopLag(clock),
    told,
    samplesAsNew,
    worker,
    onDrainAsked,
    onSafe,
  }: StartOptions,
  held: AsyncDisposableStack,
): Promise<App> {
  held.defer(() => lag.stop());
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

  const standIn = worker ? undefined : await standInModel(config, { clock, log });
  held.defer(() => standIn?.close());
  const ownPhones = worker ? undefined : await standInPhones(config, { clock, log });
  held.defer(() => ownPhones?.close());
  const { model: modelUrl = standIn?.url, phones: phonesUrl = ownPhones?.url } = worker?.standIns ?? {};
  const law = await loadRules(config.callingRulesDir);
  const http = createHttpServer(log, clock);
  const listen = (): Promise<number> => http.listen(config.http.host, config.http.port);
  // Whom a worker that cannot serve yet would tell to wait, the others serve meanwhile.
  const port = worker ? config.http.port : await listen();
  held.defer(() => http.close());
  const publicBaseUrl = config.http.publicBaseUrl ?? `http://127.0.0.1:${port}`;

  const key = newNodeKey();
  const internal = await openNodeListener({ at: nodeAddressOf(config, worker), key, clock, log });
  held.defer(() => internal.close());
  const nodes = new NodeRegistry({
    ...{ database, clock, log },
    self: {
      node: books.node,
      key,
      address: internal.address,
      publicUrl: publicBaseUrl,
      name: `${hostname()}:${port}${worker ? ` #${worker.number}` : ''}`,
    },
    figures: () => figures(),
  });
  held.defer(() => nodes.close());

  const live = liveOf(config, { standIn: modelUrl, clock });
  const carrier = carrierOf(config, () => publicBaseUrl, key);
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
  const dialling = phonesUrl
    ? carrierOf(withPhones(config, { url: phonesUrl }), () => publicBaseUrl, key)
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
  const secrets = new SharedSecret({ database, clock, log });
  held.defer(() => secrets.close());
  await secrets.start(SECRET_WITHIN_MS);
  const journals = createPostgresJournals({ database, node: books.node, clock, log });
  held.defer(() => journals.close(JOURNALS_WITHIN_MS));
  const figures = (): NodeFigures => ({
    ...{ calls: switchboard.callCount, isDraining: switchboard.isDraining },
    ...{ capacity: config.node.mostCalls, lagMs: lag.ms },
  });
  const switchboard: Switchboard = new Switchboard({
    hasRoom: () =>
      hasRoom({ ...figures(), isDraining: false }) && (config.node.takesCallsAlone || nodes.isInContact),
    outliving: { journals, node: books.node, placed: placed.calls, secrets },
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
  held.defer(() => switchboard.shutDown());
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
    ...{ notices, labels: worker ? { worker: String(worker.number) } : {} },
    calls: () => switchboard.callCount,
    backlog: () => books.backlog,
    crmLog: () => books.crmLog,
    recordings: () => recordings.counts,
    journals: () => journals.backlog,
  });
  held.defer(() => metrics.stop());
  const webhooks = createTwilioWebhooks({
    ...{ authTokens: config.carrier.authTokens, publicBaseUrl, node: key, log },
  });
  const acceptor = createTwilioAcceptor({ clock, log });
  const { operatorToken: token, viewerToken } = config;
  const tokens = token === undefined ? undefined : { operator: token, viewer: viewerToken };
  const desk = await openConsole({ database, dataDir, tokens, clock, log });
  held.defer(() => desk.close(RECORDS_WITHIN_MS));
  const { sessions, signIn, audit } = desk;
  const door = nodeDoor({ switchboard, clock, log, address: internal.address });
  const board = new LiveDesk({
    ...{ notices, switchboard, database, commands: commandsOf(switchboard), door, clock, log },
    node: { id: books.node, name: `${hostname()}:${port}` },
    capacity: config.modelSessions,
  });
  held.defer(() => board.close());
  const operator = { token, viewerToken, publicBaseUrl, sessions, audit };
  const server = { version: VERSION, rehearsal: config.rehearsal };
  const streams = { acceptor, switchboard, log, maxMessageBytes: MEDIA_MAX_PAYLOAD_BYTES };
  const ofCarrier = {
    ...{ webhooks, lobby, switchboard, placed: placed.news },
    sounds: () => keeper.roster.prompts.music,
    onRecording: (ready) => voicemail.take(ready, switchboard.routes.messageIn(ready.callId)),
  } satisfies CarrierRoutesOptions;
  const calls: OwnCalls = {
    has: (id) => switchboard.has(id),
    get isDraining() {
      return switchboard.isDraining;
    },
    get hasRoom() {
      return hasRoom(figures());
    },
    takeUp: (id) => switchboard.takeUp(id),
  };
  const others = new OtherNodes({ nodes, journals, calls, clock, log });
  const detours = new Detours({ nodes, switchboard, clock, log });
  held.defer(() => detours.close());
  const pipes = new Pipes();
  internal.serve(
    [carrierRoutes({ ...ofCarrier, others: toldOnce(calls) })],
    [mediaSocket({ webhooks, ...streams, onAttached: (...by) => detours.attached(...by) })],
    door.upgrades,
  );
  await nodes.start(NODES_WITHIN_MS);
  http.serve(
    [
      consoleRoutes({ publicBaseUrl }),
      carrierRoutes({ ...ofCarrier, others }),
      ...operatorApi({
        ...{ operator, notices, switchboard, optOuts, campaigns, audit, profileNamed, clock },
        ...{ records: books.store, voicemails: voicemail.store, version: VERSION },
        recordings: recordings.store,
        metrics: worker?.metricsOf(metrics) ?? metrics,
        agents: () => agentListOf(keeper.roster.profiles, keeper.news),
        totals: createPostgresTotals(database),
        commands: board.commands,
        nodes,
        ownNumbers: (signal) => dialling.ownNumbers(signal),
        ready: () => database.ready(),
      }),
      healthRoutes(switchboard),
      sessionRoutes({ operator, signIn, sessions, server }),
      phoneRoutes({ phone, operator }),
    ],
    [
      mediaSocket({ webhooks, ...streams, others: { nodes, pipes, clock } }),
      phoneSocket({ phone, operator, ...streams }),
      ...consoleSockets({ switchboard, others: board, operator, clock, log }),
      liveSocket({ live: board, operator, clock, log }),
    ],
  );

  held.defer(
    takeUpOrphans({
      dead: () => nodes.others.flatMap(({ node, life }) => (life === 'dead' ? [node] : [])),
      isResting: () => switchboard.isDraining,
      journals,
      claim: (name, forMs, signal) => routeStore.claim(name, forMs, signal),
      takeUp: (id, from) => switchboard.takeUp(id, from),
      awaitsLine: (id) => switchboard.awaitsLine(id),
      point: (id) => switchboard.routes.point(id),
      ...{ clock, log },
    }),
  );

  if (worker) await listen();

  campaigns.start();

  const movingOut = new MovingOut({
    calls: () => switchboard.moments(),
    handOn: (id, node, withinMs) => switchboard.handOn(id, node, withinMs),
    heir: () => nodes.heir(),
    ...{ clock, log },
  });
  nodes.onDrain(() => onDrainAsked?.());

  const hurried = Promise.withResolvers<undefined>();
  const stopNow = async (): Promise<void> => {
    hurried.resolve(undefined);
    // Whom nobody could write down for them, the others find when we are gone.
    if ((await movingOut.hurry()) > 0 && nodes.heir()) switchboard.abandon();
    else switchboard.shutDown();
  };
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const late = clock.after(DRAIN_MS, () => void stopNow());
    const drained = Promise.all([switchboard.drain(), lobby.drain()]);
    void nodes.beat();
    // Whoever was told to stop with us has said so by then, and gets none of our calls.
    const ask = clock.after(OTHERS_SAY_WITHIN_MS, () => void nodes.beat());
    const move = clock.after(2 * OTHERS_SAY_WITHIN_MS, () => movingOut.begin());
    // First of all nobody is called any more. Who is being called may still answer here.
    await Promise.all([campaigns.close(RECORDS_WITHIN_MS), drained]);
    await Promise.all([switchboard.drain(), lobby.drain()]);
    // Those whose streams come through us have others opened meanwhile.
    await Promise.race([pipes.empty(), hurried.promise]);
    for (const stopTimer of [ask, move, late]) stopTimer();
    movingOut.end();
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
    nodes,
    leavePort: () => http.leavePort(),
    stop() {
      if (stopping) void stopNow();
      return (stopping ??= stop());
    },
  };
}

/** Every worker has an address of its own. */
function nodeAddressOf({ node }: Config, worker: AmongWorkers | undefined): Config['node'] {
  return worker && node.port !== 0 ? { ...node, port: node.port + worker.number - 1 } : node;
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
