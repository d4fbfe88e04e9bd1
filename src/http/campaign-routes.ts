// Campaigns over HTTP: made, started, paused, stopped, made again, and how far they are. What the changes mean is the campaigns'
// own affair.
import { Router } from 'express';
import type { Switchboard } from '../call/switchboard.ts';
import type { Campaigns } from '../campaign/campaigns.ts';
import { readJson, refuseBody } from './api-routes.ts';
import { addContactRoutes, type ContactRoutesOptions } from './campaign-contact-routes.ts';
import {
  CAMPAIGN,
  CAMPAIGNS,
  readBody,
  refuseWhileStopping,
  requireJsonIfAny,
  takeJson,
} from './campaign-requests.ts';
import { campaignStart, entryOf, newCampaign, newClone, progressOf } from './campaign-schemas.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export interface CampaignRoutesOptions extends ContactRoutesOptions {
  readonly campaigns: Campaigns;
  readonly switchboard: Pick<Switchboard, 'isDraining'>;
  /** Resolves once the database is there. Throws DATABASE_UNAVAILABLE or DATABASE_REFUSED. */
  readonly ready: () => Promise<void>;
  readonly operator: OperatorOptions;
}

export function campaignRoutes(options: CampaignRoutesOptions): Router {
  const { campaigns, switchboard, ready, operator } = options;
  const router = Router();
  router.use(CAMPAIGNS, keepNoCopy, requireOperator(operator), async (_request, _response, next) => {
    await answered(ready());
    next();
  });
  router.get(CAMPAIGNS, async (_request, response) => {
    const list = await answered(campaigns.list());
    response.json({ campaigns: list.map(entryOf) });
  });
  router.post(CAMPAIGNS, takeJson);
  router.post(CAMPAIGNS, async (request, response) => {
    const { name, settings } = readBody(newCampaign, request.body);
    response.status(201).json(entryOf(await answered(campaigns.create(name, settings))));
  });
  router.get(CAMPAIGN, async (request, response) => {
    response.json(progressOf(await answered(campaigns.progress(request.params.campaignId))));
  });
  router.post([`${CAMPAIGN}/start`, `${CAMPAIGN}/resume`], refuseWhileStopping(switchboard));
  router.post(
    ['start', 'pause', 'resume', 'stop'].map((move) => `${CAMPAIGN}/${move}`),
    requireJsonIfAny,
  );
  router.post(`${CAMPAIGN}/start`, readJson, refuseBody);
  router.post(`${CAMPAIGN}/start`, async (request, response) => {
    const { at } = readBody(campaignStart, request.body ?? {});
    response.json(entryOf(await answered(campaigns.start(request.params.campaignId, at))));
  });
  router.post(`${CAMPAIGN}/pause`, async (request, response) => {
    response.json(entryOf(await answered(campaigns.pause(request.params.campaignId))));
  });
  router.post(`${CAMPAIGN}/resume`, async (request, response) => {
    response.json(entryOf(await answered(campaigns.resume(request.params.campaignId))));
  });
  router.post(`${CAMPAIGN}/stop`, async (request, response) => {
    response.json(entryOf(await answered(campaigns.stop(request.params.campaignId))));
  });
  router.post(`${CAMPAIGN}/clone`, takeJson);
  router.post(`${CAMPAIGN}/clone`, async (request, response) => {
    const { name, outcomes } = readBody(newClone, request.body);
    const made = await answered(campaigns.clone(request.params.campaignId, name, outcomes));
    response.status(201).json(entryOf(made));
  });
  addContactRoutes(router, options);
  router.use(CAMPAIGNS, sayWhenToRetry);
  return router;
}
