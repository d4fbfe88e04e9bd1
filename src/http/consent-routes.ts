// The consents to be called that are on record, over HTTP: one more, and those of a number. What they allow is not known here.
import { Router } from 'express';
import { z } from 'zod';
import { canonicalNumber } from '../agents/canonical-number.ts';
import type { Consents, KeptConsent } from '../campaign/consents-postgres.ts';
import { NUMBER_EXPECTED } from '../records/opt-out-entry.ts';
import { readBody, readParameters, takeJson } from './campaign-requests.ts';
import { isoOf, moment } from './campaign-schemas.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

const number = z
  .string(NUMBER_EXPECTED)
  .refine((text) => canonicalNumber(text) !== undefined, NUMBER_EXPECTED)
  .describe('With a plus and its country.');

const KIND = 'expected "express" or "written"';
const SOURCE = 'expected where it was given, in 1 to 500 characters';
const WORDING = 'expected text of at most 4,000 characters';
const SELLER = 'expected text of at most 200 characters';

export const newConsent = z
  .strictObject(
    {
      number,
      kind: z.enum(['express', 'written'], KIND).describe('What is written is express as well.'),
      givenAt: moment.describe('When it was given; not in the future.'),
      expiresAt: moment.optional().describe('Left out: it holds until it is taken back.'),
      source: z
        .string(SOURCE)
        .trim()
        .min(1, SOURCE)
        .max(500, SOURCE)
        .describe('Where: a form, a letter, a call.'),
      wording: z
        .string(WORDING)
        .max(4_000, WORDING)
        .default('')
        .describe('What they agreed to, word by word.'),
      seller: z.string(SELLER).trim().max(200, SELLER).default('').describe('To whom it was given.'),
    },
    'expected the fields number, kind, givenAt and source (and expiresAt, wording, seller), and no others',
  )
  .meta({ id: 'NewConsent' });

export const consentAdded = z
  .object({
    added: z
      .boolean()
      .describe(
        'False: it is on record already, by number, kind, moment, source and seller; the earlier of both ends counts from now on.',
      ),
  })
  .meta({ id: 'ConsentAdded' });

export const consentEntry = z
  .object({
    id: z.string(),
    number: z.string().describe('E.164.'),
    kind: z.string(),
    givenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    source: z.string(),
    wording: z.string(),
    seller: z.string().describe('Empty: nobody was named.'),
    addedAt: z.iso.datetime(),
  })
  .meta({ id: 'Consent' });

export const consentList = z
  .object({ consents: z.array(consentEntry).describe('Newest first.') })
  .meta({ id: 'ConsentList' });

export const consentQuery = z.strictObject({ number });

export const consentOf = (kept: KeptConsent): z.output<typeof consentEntry> => ({
  ...{ id: kept.id, number: kept.number, kind: kept.kind, givenAt: isoOf(kept.givenAtMs) },
  expiresAt: kept.expiresAtMs === undefined ? null : isoOf(kept.expiresAtMs),
  ...{ source: kept.source, wording: kept.wording, seller: kept.seller, addedAt: isoOf(kept.addedAtMs) },
});

export function consentRoutes(consents: Consents, operator: OperatorOptions): Router {
  const router = Router();
  const all = '/api/v1/consents';
  router.use(all, keepNoCopy);
  router.get(all, requireOperator(operator), async (request, response) => {
    const asked = readParameters(consentQuery, request.query);
    const found = await answered(consents.of(asked.number));
    response.json({ consents: found.map(consentOf) });
  });
  router.post(all, requireOperator(operator), takeJson);
  router.post(all, async (request, response) => {
    const { givenAt, expiresAt, ...given } = readBody(newConsent, request.body);
    const added = await answered(consents.add([{ ...given, givenAtMs: givenAt, expiresAtMs: expiresAt }]));
    response.json({ added: added === 1 });
  });
  router.use(all, sayWhenToRetry);
  return router;
}
