// `npm run bench -- look-up`: how long it takes to know who calls before the first word, beside how long the phone rings for
// it: through the whole server for PostgreSQL, and through the lobby for CRMs of others, near and 250 ms away.
import { parseArgs } from 'node:util';
import { LOOK_UP_WITHIN_MS } from '../src/call/lobby.ts';
import { callersOf, inChains, type Caller, type LookUp } from './look-up/call.ts';
import { lookUpInLobby } from './look-up/in-lobby.ts';
import { fill, someNumbers, startServer, type Server } from './look-up/on-server.ts';
import { KNOWN, openVendors, type Vendor } from './look-up/vendors.ts';
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

async function onServer(calls: number, contacts: number): Promise<Part[]> {
  const server = await startServer();
  try {
    // What is compiled by the first calls would be what the others are compared with.
    await inChains(callersOf(await someNumbers(server.database, calls), calls), AT_ONCE, () =>
      server.callWithout(),
    );
    const rows = async (what: string): Promise<Part[]> => {
      const callers = callersOf(await someNumbers(server.database, calls), calls);
      const ask = (caller: Caller): Promise<LookUp> => server.lookUp(caller);
      return [
        { what, callers, lookUps: await inChains(callers, 1, ask), isNear: true },
        {
          what: `… ${AT_ONCE} at once`,
          callers,
          lookUps: await inChains(callers, AT_ONCE, ask),
          isNear: true,
        },
      ];
    };
    const without = await nobodyAsked(server, calls);
    const few = await rows('PostgreSQL, the samples');
    await fill(server.database, contacts);
    return [...without, ...few, ...(await rows(`PostgreSQL, ${contacts.toLocaleString('en-US')}`))];
  } finally {
    await server.close();
  }
}

/** What an answer takes anyway. */
async function nobodyAsked(server: Server, calls: number): Promise<Part[]> {
  const callers = callersOf([''], calls).map((caller) => ({ ...caller, isKnown: false }));
  const ask = (): Promise<LookUp> => server.callWithout();
  return [
    { what: 'no look-up', callers, lookUps: await inChains(callers, 1, ask), isNear: true },
    { what: `… ${AT_ONCE} at once`, callers, lookUps: await inChains(callers, AT_ONCE, ask), isNear: true },
  ];
}

/** All of them at the same time where they mostly wait. */
async function withVendors(roundTripMs: number, rows: (vendor: Vendor) => Promise<Part[]>): Promise<Part[]> {
  const vendors = await openVendors(roundTripMs);
  try {
    return (await inChains(vendors, roundTripMs === 0 ? 1 : vendors.length, rows)).flat();
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.close()));
  }
}

const someKnown = KNOWN.map(({ phone }) => phone!);

async function near(vendor: Vendor, calls: number): Promise<Part[]> {
  const crm = await vendor.openCrm();
  await inChains(callersOf(someKnown, calls), AT_ONCE, (caller) => lookUpInLobby(crm, caller));
  const ask = (caller: Caller): Promise<LookUp> => lookUpInLobby(crm, caller);
  return [
    { ...(await counted(vendor, vendor.name, calls, 1, ask)), isNear: true },
    { ...(await counted(vendor, `… ${AT_ONCE} at once`, calls, AT_ONCE, ask)), isNear: true },
  ];
}

async function far(vendor: Vendor, calls: number): Promise<Part[]> {
  const crm = await vendor.openCrm();
  await lookUpInLobby(crm, callersOf(someKnown, 1)[0]!);
  const ask = (caller: Caller): Promise<LookUp> => lookUpInLobby(crm, caller);
  const cutOff = (): Promise<void> => {
    vendor.forget();
    return new Promise((resolve) => setTimeout(resolve, SEEN_WITHIN_MS));
  };
  return [
    await counted(vendor, `${vendor.name}, ${FAR_MS} ms away`, calls, 1, ask),
    await counted(vendor, `… ${AT_ONCE} at once`, calls, AT_ONCE, ask),
    await counted(vendor, '… after a quiet while', RARE_CALLS, 1, async (caller) => {
      await cutOff();
      return ask(caller);
    }),
    await counted(vendor, '… the first of a server', RARE_CALLS, 1, async (caller) => {
      await cutOff();
      return lookUpInLobby(await vendor.openCrm(), caller);
    }),
  ];
}

async function counted(
  vendor: Vendor,
  what: string,
  calls: number,
  atOnce: number,
  ask: (caller: Caller) => Promise<LookUp>,
): Promise<Part> {
  const before = vendor.requests;
  const callers = callersOf(someKnown, calls);
  const lookUps = await inChains(callers, atOnce, ask);
  return { what, callers, lookUps, requests: (vendor.requests - before) / calls, isNear: false };
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
  const table = [['', ...head], ...lines];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  for (const line of table)
    console.log(
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    );
  console.log();
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
