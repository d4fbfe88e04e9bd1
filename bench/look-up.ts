// `npm run bench -- look-up`: how long it takes to know who calls before the first word, beside how long the phone rings for
// it: through the whole server for PostgreSQL, and through the lobby for CRMs of others, near and 250 ms away.
import { parseArgs } from 'node:util';
import { LOOK_UP_WITHIN_MS } from '../src/call/lobby.ts';
import { callersOf, inBursts, type Caller, type LookUp } from './look-up/call.ts';
import { lookUpInLobby } from './look-up/in-lobby.ts';
import { fill, someNumbers, startServer } from './look-up/on-server.ts';
import { KNOWN, openVendors, type Vendor } from './look-up/vendors.ts';
import { printColumns } from './rehearsal/columns.ts';
import { percentile } from './rehearsal/percentile.ts';

const USAGE = 'npm run bench -- look-up [--calls 200] [--contacts 100000]';
const FAR_MS = 250;
const AT_ONCE = 20;
/** Each begins on new connections, which takes two round trips more. */
const RARE_CALLS = 20;
/** For the other side to see that its connection is gone. */
const SEEN_WITHIN_MS = 20;
/** Of the deadline; a timer of a busy machine fires so late. */
const SLACK_MS = 100;

interface Part {
  readonly what: string;
  readonly lookUps: readonly LookUp[];
  readonly callers: readonly Caller[];
  /** A look-up. */
  readonly requests?: number;
  /** Nothing but the work itself takes time: nobody may come late. */
  readonly isNear: boolean;
}

/**
 * Sets exit code 1 when a CRM could not be asked, did not know who is in it, came late over loopback, or when the carrier
 * waited longer than the deadline; 2 for arguments it does not take.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { calls: { type: 'string', default: '200' }, contacts: { type: 'string', default: '100000' } },
  });
  const [calls, contacts] = [Number(values.calls), Number(values.contacts)];
  const fits = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!fits(calls, AT_ONCE, 1_000) || !fits(contacts, 1_000, 1_000_000)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  console.log(
    `${calls} calls, every fourth from a stranger: ms until the CRM says who calls, and ms for which the carrier waits with\n` +
      `the call ("held", and the phone rings), with the share of the ${LOOK_UP_WITHIN_MS} ms that it may. Late: answered without.\n`,
  );
  const parts = [
    ...(await onServer(calls, contacts)),
    ...(await withVendors(0, (vendor) => near(vendor, calls))),
    ...(await withVendors(FAR_MS, (vendor) => far(vendor, calls))),
  ];
  print(parts);
  const faults = parts.flatMap(faultsOf);
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
}

interface Plan {
  readonly what: string;
  readonly callers: readonly Caller[];
  readonly ask: (caller: Caller) => Promise<LookUp>;
  readonly atOnce?: number;
  readonly of?: Vendor;
  readonly isNear?: boolean;
}

async function measured({ what, callers, ask, atOnce = 1, of, isNear = false }: Plan): Promise<Part> {
  const before = of?.requests ?? 0;
  const lookUps = await inBursts(callers, atOnce, ask);
  const requests = of && (of.requests - before) / callers.length;
  return { what, callers, lookUps, isNear, ...(requests !== undefined && { requests }) };
}

const bothWays = async (plan: Plan): Promise<Part[]> => [
  await measured(plan),
  await measured({ ...plan, what: `… ${AT_ONCE} at once`, atOnce: AT_ONCE }),
];

async function onServer(calls: number, contacts: number): Promise<Part[]> {
  const server = await startServer();
  try {
    const callers = async (): Promise<Caller[]> =>
      callersOf(await someNumbers(server.database, calls), calls);
    const nobody = (await callers()).map((caller) => ({ ...caller, isKnown: false }));
    const without = () => server.callWithout();
    const ask = (caller: Caller): Promise<LookUp> => server.lookUp(caller);
    // What is compiled by the first calls would be what the others are compared with.
    await inBursts(nobody, AT_ONCE, without);
    const none = await bothWays({ what: 'no look-up', callers: nobody, ask: without, isNear: true });
    const inPostgres = async (held: string): Promise<Part[]> =>
      bothWays({ what: `PostgreSQL, ${held}`, callers: await callers(), ask, isNear: true });
    const few = await inPostgres('the samples');
    await fill(server.database, contacts);
    return [...none, ...few, ...(await inPostgres(contacts.toLocaleString('en-US')))];
  } finally {
    await server.close();
  }
}

/** All of them at the same time where they mostly wait. */
async function withVendors(roundTripMs: number, rows: (vendor: Vendor) => Promise<Part[]>): Promise<Part[]> {
  const vendors = await openVendors(roundTripMs);
  try {
    return (await inBursts(vendors, roundTripMs === 0 ? 1 : vendors.length, rows)).flat();
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.close()));
  }
}

const someCallers = (calls: number): Caller[] =>
  callersOf(
    KNOWN.map(({ phone }) => phone!),
    calls,
  );

async function near(vendor: Vendor, calls: number): Promise<Part[]> {
  const crm = await vendor.openCrm();
  const ask = (caller: Caller): Promise<LookUp> => lookUpInLobby(crm, caller);
  const callers = someCallers(calls);
  await inBursts(callers, AT_ONCE, ask);
  return bothWays({ what: vendor.name, callers, ask, of: vendor, isNear: true });
}

async function far(vendor: Vendor, calls: number): Promise<Part[]> {
  const crm = await vendor.openCrm();
  const ask = (caller: Caller): Promise<LookUp> => lookUpInLobby(crm, caller);
  const afterCut = async (then: () => Promise<LookUp>): Promise<LookUp> => {
    vendor.forget();
    await new Promise((resolve) => setTimeout(resolve, SEEN_WITHIN_MS));
    return then();
  };
  const rare = { callers: someCallers(RARE_CALLS), of: vendor };
  await inBursts(someCallers(1), 1, ask);
  return [
    ...(await bothWays({
      ...{ what: `${vendor.name}, ${FAR_MS} ms away`, callers: someCallers(calls), ask, of: vendor },
    })),
    await measured({
      ...{ ...rare, what: '… after a quiet while' },
      ask: (caller) => afterCut(() => ask(caller)),
    }),
    await measured({
      ...{ ...rare, what: '… the first of a server' },
      ask: (caller) => afterCut(async () => lookUpInLobby(await vendor.openCrm(), caller)),
    }),
  ];
}

function print(parts: readonly Part[]): void {
  const head = ['look-up p50', 'p95', 'p99', 'held p50', 'p95', 'p99', 'of it', 'late', 'requests'];
  const lines = parts.map(({ what, lookUps, requests }) => {
    const took = lookUps.flatMap(({ tookMs }) => tookMs ?? []);
    const held = lookUps.map(({ heldMs }) => heldMs);
    const heldP95 = percentile(held, 0.95)!;
    return [
      what,
      ...[0.5, 0.95, 0.99].map((share) => percentile(took, share)?.toFixed(1) ?? '–'),
      ...[0.5, 0.95, 0.99].map((share) => percentile(held, share)!.toFixed(1)),
      `${((heldP95 / LOOK_UP_WITHIN_MS) * 100).toFixed(1)} %`,
      `${lookUps.filter(({ isLate }) => isLate).length} of ${lookUps.length}`,
      requests?.toFixed(2) ?? '–',
    ];
  });
  printColumns([['', ...head], ...lines]);
}

function faultsOf({ what, lookUps, callers, isNear }: Part): string[] {
  const causes = new Set(lookUps.flatMap(({ cause }) => cause ?? []));
  const mistaken = lookUps.filter(
    ({ isFound, cause }, n) => cause === undefined && isFound !== callers[n]!.isKnown,
  ).length;
  const late = lookUps.filter(({ isLate }) => isLate).length;
  const longest = Math.max(...lookUps.map(({ heldMs }) => heldMs));
  return [
    ...[...causes].map((cause) => `${what}: the CRM could not be asked: ${cause}`),
    ...(mistaken > 0 ? [`${what}: ${mistaken} callers were taken for known or unknown wrongly`] : []),
    ...(isNear && late > 0 ? [`${what}: ${late} look-ups came late over loopback`] : []),
    ...(longest > LOOK_UP_WITHIN_MS + SLACK_MS
      ? [`${what}: a call was held for ${longest.toFixed(0)} ms`]
      : []),
  ];
}
