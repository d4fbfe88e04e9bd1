// `liveline dial`: asks a running server, over its API, to call somebody now, and tells how the call goes if it is to.
import { z } from 'zod';
import { canonicalForm } from '../agents/canonical-number.ts';
import { messageOf } from '../base/errors.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { callPlaced } from '../http/call-routes.ts';
import { Heard, type DialDesk } from './dial-heard.ts';
import { followNotices } from './notice-feed.ts';
import { visible } from './plain-text.ts';
import { reach } from './reach.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';

const refusal = z.object({ message: z.string() });

/** As typed. */
export interface DialOptions {
  readonly agent: string;
  readonly from?: string | undefined;
  /** `name=value`. */
  readonly var: readonly string[];
  readonly follow?: boolean | undefined;
}

/** The server asks the carrier twice, and waits for a slot of the account. */
const ANSWERS_WITHIN_MS = 30_000;

/** Resolves to the exit code. */
export async function dial(typed: string, options: DialOptions, desk: DialDesk): Promise<number> {
  const { baseUrl, token, terminal, told } = desk;
  const asked = requestOf(typed, options);
  if ('faults' in asked) {
    for (const fault of asked.faults) terminal.say(visible(fault));
    return EXIT_BAD_INPUT;
  }
  const reached = await reach(baseUrl);
  if (reached.is !== 'liveline') {
    terminal.say(
      reached.is === 'nobody'
        ? `Nothing answers at ${baseUrl}; start one: npm start  (${reached.why})`
        : `At ${baseUrl} answers something else than Liveline (HTTP ${reached.status}): see PORT, or give --url`,
    );
    return EXIT_FAILED;
  }
  const over = new AbortController();
  const heard = new Heard(desk);
  const follows =
    options.follow === true &&
    (await followNotices(baseUrl, {
      token,
      signal: AbortSignal.any([over.signal, told]),
      then: (notice) => heard.take(notice),
      ended: () => heard.nothingMore(),
    }));
  try {
    const code = await place(asked.request, desk, heard);
    if (code === 0 && follows && heard.isAwaited) await heard.toItsEnd();
    if (code === 0 && options.follow === true && !follows)
      terminal.say('The server does not tell how its calls go.');
    return code;
  } finally {
    over.abort();
  }
}

function requestOf(
  typed: string,
  { agent, from, var: variables }: DialOptions,
): { readonly request: object } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const numberOf = (what: string, text: string) => {
    const number = parsePhoneNumber(text);
    if (number === undefined)
      faults.push(`${what} takes a phone number with + and its country, such as +12125550100, not "${text}"`);
    return number;
  };
  const to = numberOf('dial', typed);
  const shown = from === undefined ? undefined : numberOf('--from', from);
  const pairs = variables.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) faults.push(`--var takes a name and a value, such as name=Ada, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  if (faults.length > 0) return { faults };
  return {
    request: { to: to && canonicalForm(to), agent, from: shown, variables: Object.fromEntries(pairs) },
  };
}

/** Says what came of it. */
async function place(
  asked: object,
  { baseUrl, token, terminal, told }: DialDesk,
  heard: Heard,
): Promise<number> {
  let status: number;
  let says: unknown;
  try {
    const response = await fetch(`${baseUrl}/api/v1/calls`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(asked),
      signal: AbortSignal.any([AbortSignal.timeout(ANSWERS_WITHIN_MS), told]),
    });
    status = response.status;
    says = await response.json();
  } catch (thrown) {
    terminal.say(
      `The server did not answer: nobody can say whether it calls. See liveline calls list  (${messageOf(thrown)})`,
    );
    return EXIT_FAILED;
  }
  const placed = callPlaced.safeParse(says);
  if (status !== 201 || !placed.success) {
    const why = refusal.safeParse(says).data?.message ?? `HTTP ${status}`;
    terminal.say(visible(`Nobody was called: ${asTyped(why)}`));
    return status === 400 ? EXIT_BAD_INPUT : EXIT_FAILED;
  }
  const { callId, attempt } = placed.data;
  terminal.print(
    callId === null
      ? `The carrier has not answered: it may call or not, and is never asked twice. Attempt ${visible(attempt)}`
      : `It is calling. Call ${visible(callId)}`,
  );
  if (callId !== null) heard.await(callId, attempt);
  return 0;
}

/** Fields of the body by the words of the command line. */
const TYPED: Readonly<Record<string, string>> = {
  to: 'NUMBER',
  agent: '--agent',
  variables: '--var',
  from: '--from',
};

const asTyped = (fault: string): string =>
  fault.replaceAll(/\bbody\.(to|agent|variables|from)\b/g, (_, field: string) => TYPED[field]!);
