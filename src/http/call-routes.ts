// One call over HTTP: somebody is called now, an agent talks with them, and what came of it is told. Whether the number may be called at all, and how, is
// decided elsewhere; consent, hours and caps are the business of whoever asks.
import { Router } from 'express';
import { z } from 'zod';
import { canonicalForm } from '../agents/canonical-number.ts';
import type { Profile } from '../agents/profile.ts';
import { LivelineError } from '../base/errors.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { Attempts } from '../campaign/attempts-postgres.ts';
import type { SingleCall, SingleCalls } from '../campaign/single-calls.ts';
import { NUMBER_EXPECTED } from '../records/opt-out-entry.ts';
import { readBody, refuseWhileStopping, takeJson } from './campaign-requests.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export type CallingProfile = Pick<Profile, 'name' | 'direction' | 'numbers' | 'onVoicemail'>;

export interface CallRoutesOptions {
  readonly calls: SingleCalls;
  readonly attempts: Attempts;
  readonly switchboard: Pick<Switchboard, 'isDraining'>;
  readonly profileNamed: (name: string) => CallingProfile | undefined;
  /** Those that may be shown. Throws CARRIER_UNREACHABLE or CARRIER_REFUSED. */
  readonly ownNumbers: (signal: AbortSignal) => Promise<readonly PhoneNumber[]>;
  readonly operator: OperatorOptions;
}

/** As long as a campaign lets it ring, when nothing else is said. */
const RING_S = 25;
const NUMBERS_WITHIN_MS = 10_000;

const number = z.string(NUMBER_EXPECTED).transform((text, context): PhoneNumber => {
  const parsed = parsePhoneNumber(text);
  if (parsed === undefined) context.addIssue(NUMBER_EXPECTED);
  return parsed ?? z.NEVER;
});

const AGENT = 'expected the name of a profile';
const VARIABLES =
  'expected at most 100 texts of at most 200 characters each, by names of letters, digits, _ and -';

export const newCall = z
  .strictObject(
    {
      to: number.transform(canonicalForm).describe('Who is called, with a plus and the country.'),
      agent: z.string(AGENT).trim().min(1, AGENT).describe('Who speaks: the name of a profile.'),
      variables: z
        .record(z.string(), z.string(VARIABLES), VARIABLES)
        .refine(
          // Half a surrogate pair is no text for PostgreSQL (its documentation, "JSON types").
          (all) =>
            Object.keys(all).length <= 100 &&
            Object.entries(all).every(
              ([name, text]) =>
                /^[A-Za-z0-9_-]{1,64}$/.test(name) && text.length <= 200 && text.isWellFormed(),
            ),
          VARIABLES,
        )
        .default({})
        .describe('What {{campaign.…}} of the profile stands for.'),
      from: number
        .optional()
        .describe('Which of your numbers is shown; left out: the one of the profile, or the only one.'),
    },
    'expected the fields to, agent, variables and from (of which the last two may be left out), and no others',
  )
  .meta({ id: 'NewCall' });

export const callPlaced = z
  .object({
    attempt: z.string().describe('The audit names it.'),
    callId: z
      .string()
      .nullable()
      .describe(
        'null: nobody knows yet whether the carrier has it; it is looked for, and never dialled again.',
      ),
  })
  .meta({ id: 'CallPlaced' });

export const attemptSeen = z
  .object({
    attempt: z.string(),
    callId: z.string().nullable().describe('null: the carrier has no call of it, as far as is known.'),
    state: z
      .enum(['claimed', 'placed', 'over', 'void'])
      .describe('`claimed`: the carrier may or may not have it · `void`: it was never placed.'),
    status: z.string().nullable().describe('As the carrier told it last, such as ringing.'),
    answeredBy: z.string().nullable(),
    outcome: z.string().nullable().describe('What came of it; null until it is settled.'),
  })
  .meta({ id: 'Attempt' });

export function callRoutes(options: CallRoutesOptions): Router {
  const { calls, attempts, switchboard, profileNamed, ownNumbers, operator } = options;
  const router = Router();
  const all = '/api/v1/calls';
  router.post(all, requireOperator(operator), refuseWhileStopping(switchboard), takeJson);
  router.post(all, async (request, response) => {
    const { to, agent, variables, from } = readBody(newCall, request.body);
    const profile = profileNamed(agent);
    if (!profile) throw invalid('agent: there is no profile of this name');
    if (profile.direction === 'inbound')
      throw invalid('agent: this profile takes inbound calls alone: write direction: both or outbound');
    const own = await ownNumbers(AbortSignal.timeout(NUMBERS_WITHIN_MS));
    const shown = shownNumber(from, profile, own);
    if (shown === to) throw invalid('to: this is the number that would be shown: it cannot call itself');
    const giveUp = new AbortController();
    response.once('close', () => giveUp.abort());
    const call: SingleCall = {
      ...{ to, from: shown, profile: profile.name, variables, ringS: RING_S },
      detectsMachines: profile.onVoicemail.do === 'leave-message' ? 'message-end' : 'on',
      askedBy: 'api',
    };
    const placed = await answered(calls.place(call, giveUp.signal));
    response.status(201).json({ attempt: placed.attempt, callId: placed.call ?? null });
  });
  const attempt = '/api/v1/attempts';
  router.use(attempt, keepNoCopy, requireOperator(operator));
  router.get(`${attempt}/:attemptId`, async (request, response) => {
    const seen = await answered(attempts.find(request.params.attemptId));
    if (!seen) throw new LivelineError('RECORD_UNKNOWN', 'there is no attempt of this id');
    const { id, callId = null, state, status = null, answeredBy = null, outcome = null } = seen;
    response.json({ attempt: id, callId, state, status, answeredBy, outcome });
  });
  router.use([all, attempt], sayWhenToRetry);
  return router;
}

/** Throws API_REQUEST_INVALID. */
export function shownNumber(
  asked: PhoneNumber | undefined,
  { numbers }: Pick<CallingProfile, 'numbers'>,
  own: readonly PhoneNumber[],
): PhoneNumber {
  if (asked !== undefined) {
    if (own.includes(asked)) return asked;
    throw invalid('from: this is neither a number of the account at the carrier nor verified there');
  }
  const ofProfile = numbers === '*' ? undefined : numbers.find((each) => own.includes(each));
  const shown = ofProfile ?? (own.length === 1 ? own[0] : undefined);
  if (shown !== undefined) return shown;
  throw invalid('from: say which of your numbers is shown: the profile names none that is yours');
}

const invalid = (fault: string): LivelineError => new LivelineError('API_REQUEST_INVALID', `body.${fault}`);
