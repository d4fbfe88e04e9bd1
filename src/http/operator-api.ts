// Everything that an operator asks this server over HTTP, one router for each subject.
import type { Router } from 'express';
import type { Clock } from '../base/clock.ts';
import type { OpenCampaigns } from '../campaign/open-campaigns.ts';
import type { Notices } from '../call/notices.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { Metrics } from '../records/metrics.ts';
import type { OptOuts } from '../records/opt-outs.ts';
import type { RecordStore } from '../records/store.ts';
import type { VoicemailStore } from '../records/voicemail/voicemail.ts';
import { apiRoutes } from './api-routes.ts';
import { callRoutes, type CallRoutesOptions } from './call-routes.ts';
import { campaignRoutes } from './campaign-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { openApiRoutes } from './openapi.ts';
import type { OperatorOptions } from './operator.ts';
import { optOutRoutes } from './opt-out-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { suppressionRoutes } from './suppression-routes.ts';
import { voicemailRoutes } from './voicemail-routes.ts';

export interface OperatorApiOptions extends Pick<CallRoutesOptions, 'profileNamed' | 'ownNumbers'> {
  readonly operator: OperatorOptions;
  readonly notices: Notices;
  readonly switchboard: Switchboard;
  readonly records: Pick<RecordStore, 'find' | 'get' | 'last'>;
  readonly voicemails: VoicemailStore;
  readonly optOuts: OptOuts;
  readonly campaigns: OpenCampaigns;
  readonly metrics: Metrics;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  /** Of this package. */
  readonly version: string;
  readonly clock: Clock;
}

export function operatorApi(options: OperatorApiOptions): Router[] {
  const { operator, notices, switchboard, records, voicemails, optOuts, campaigns } = options;
  const { metrics, profileNamed, ownNumbers, ready, version, clock } = options;
  return [
    apiRoutes(notices, switchboard, operator),
    recordRoutes(records, operator),
    voicemailRoutes(voicemails, operator),
    optOutRoutes(optOuts, operator),
    campaignRoutes({ ...campaigns, switchboard, clock, operator, ready }),
    auditRoutes({ store: campaigns.store, ready, operator }),
    consentRoutes(campaigns.consents, operator),
    suppressionRoutes(campaigns.lists, clock, operator),
    callRoutes({
      ...{ calls: campaigns.single, attempts: campaigns.attempts, switchboard },
      ...{ profileNamed, ownNumbers, operator },
    }),
    openApiRoutes(version),
    metricsRoutes(metrics, operator),
  ];
}
