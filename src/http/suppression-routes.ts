// Imported lists of numbers that are not called, over HTTP: a new version of one comes in as it is read; which there are; one
// less. What a list means is not known here.
import { Router } from 'express';
import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { KeptList, SuppressionLists } from '../campaign/do-not-call-postgres.ts';
import { readParameters, requireCsv, withUpload } from './campaign-requests.ts';
import { isoOf } from './campaign-schemas.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

const NAME = 'expected the name of a list, of 1 to 100 characters';
const AS_OF = 'expected when it was made, such as 2026-11-01 or 2026-11-01T08:00:00Z';
const COUNTRY = 'expected a country by ISO 3166, such as US';
const name = z.string(NAME).trim().min(1, NAME).max(100, NAME).describe('As campaigns name it.');

export const suppressionUpload = z.strictObject({
  name,
  asOf: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], AS_OF)
    .transform((text) => Date.parse(text))
    .describe('When it was made, by whoever made it.'),
  country: z
    .string(COUNTRY)
    .refine((code) => isSupportedCountry(code), COUNTRY)
    .optional()
    .describe('Of numbers that are written without their country.'),
});
export const suppressionQuery = z.strictObject({ name });

export const suppressionList = z
  .object({
    name: z.string(),
    asOf: z.iso.datetime().describe('When it was made, by whoever made it.'),
    importedAt: z.iso.datetime(),
    numbers: z.int(),
    version: z.int().describe('Counts its imports; the audit names it.'),
  })
  .meta({ id: 'SuppressionList' });

export const suppressionLists = z
  .object({ lists: z.array(suppressionList).describe('By name.') })
  .meta({ id: 'SuppressionLists' });

export const listOf = (kept: KeptList): z.output<typeof suppressionList> => ({
  ...{ name: kept.name, numbers: kept.numbers, version: kept.version },
  ...{ asOf: isoOf(kept.asOfMs), importedAt: isoOf(kept.importedAtMs) },
});

export function suppressionRoutes(
  lists: SuppressionLists,
  clock: Pick<Clock, 'epochMs'>,
  operator: OperatorOptions,
): Router {
  const router = Router();
  const all = '/api/v1/suppression-lists';
  router.use(all, keepNoCopy);
  router.get(all, requireOperator(operator), async (_request, response) => {
    response.json({ lists: (await answered(lists.list())).map(listOf) });
  });
  // In the query, as it is for removing: names are people's own, and a path has no place for all that they write.
  router.post(all, requireOperator(operator), requireCsv, async (request, response) => {
    const { asOf, ...asked } = readParameters(suppressionUpload, request.query);
    const kept = await withUpload(request, (source, signal) =>
      answered(lists.import({ ...asked, asOfMs: asOf, nowMs: clock.epochMs(), source, signal })),
    );
    response.json(listOf(kept));
  });
  router.delete(all, requireOperator(operator), async (request, response) => {
    const asked = readParameters(suppressionQuery, request.query);
    if (!(await answered(lists.remove(asked.name))))
      throw new LivelineError('RECORD_UNKNOWN', 'there is no suppression list of this name');
    response.status(204).end();
  });
  router.use(all, sayWhenToRetry);
  return router;
}
