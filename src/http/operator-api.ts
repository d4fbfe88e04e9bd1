// Everything that an operator asks this server over HTTP, one router for each subject.
import type { Router } from 'express';
import type { Clock } from '../base/clock.ts';
import type { OpenCampaigns } from '../campaign/open-campaigns.ts';
import type { Notices } from '../call/notices.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { OptOuts } from '../records/opt-outs.ts';
import type { RecordingStore } from '../records/recording/recordings.ts';
import type { RecordStore } from '../records/store.ts';
import type { TotalsStore } from '../records/totals.ts';
import type { VoicemailStore } from '../records/voicemail/voicemail.ts';
import type { AgentList } from '../console/agent-view.ts';
import type { Audit } from '../console/audit.ts';
import type { Commands } from '../console/commands.ts';
import { actRoutes } from './act-routes.ts';
import { apiRoutes } from './api-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { callRoutes, type CallRoutesOptions } from './call-routes.ts';
import { campaignRoutes } from './campaign-routes.ts';
import { dialAuditRoutes } from './dial-audit-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { metricsRoutes, type Metrics } from './metrics-routes.ts';
import { nodeRoutes, type NodeDesk } from './node-routes.ts';
import { openApiRoutes } from './openapi.ts';
import type { OperatorOptions } from './operator.ts';
import { optOutRoutes } from './opt-out-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { recordingRoutes } from './recording-routes.ts';
import { totalsRoutes } from './totals-routes.ts';
import { suppressionRoutes } from './suppression-routes.ts';
import { voicemailRoutes } from './voicemail-routes.ts';

export interface OperatorApiOptions extends Pick<CallRoutesOptions, 'profileNamed' | 'ownNumbers'> {
  readonly operator: OperatorOptions;
  readonly notices: Notices;
  readonly commands: Commands;
  readonly nodes: NodeDesk;
  readonly switchboard: Switchboard;
  readonly records: Pick<RecordStore, 'find' | 'get' | 'last'>;
  readonly totals: TotalsStore;
  readonly voicemails: VoicemailStore;
  readonly recordings: RecordingStore;
  readonly agents: () => AgentList;
  readonly optOuts: OptOuts;
  readonly campaigns: OpenCampaigns;
  readonly metrics: Metrics;
  readonly audit: Pick<Audit, 'find'>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  /** Of this package. */
  readonly version: string;
  readonly clock: Clock;
}

export function operatorApi(options: OperatorApiOptions): Router[] {
  const { operator, notices, switchboard, records, voicemails, optOuts, campaigns } = options;
  const { metrics, audit, profileNamed, ownNumbers, ready, version, clock } = options;
  return [
    apiRoutes(notices, operator, clock),
    actRoutes(options.commands, operator),
    nodeRoutes(options.nodes, operator),
    recordRoutes(records, operator),
    totalsRoutes(options.totals, operator),
    recordingRoutes(options.recordings, operator),
    bundleRoutes({ records, recordings: options.recordings }, operator),
    profileRoutes(options.agents, operator),
    voicemailRoutes(voicemails, operator),
    optOutRoutes(optOuts, operator),
    campaignRoutes({ ...campaigns, switchboard, clock, operator, ready }),
    dialAuditRoutes({ store: campaigns.store, ready, operator }),
    consentRoutes(campaigns.consents, operator),
    suppressionRoutes(campaigns.lists, clock, operator),
    callRoutes({
      ...{ calls: campaigns.single, attempts: campaigns.attempts, switchboard },
      ...{ profileNamed, ownNumbers, operator },
    }),
    auditRoutes(audit, operator),
    openApiRoutes(version),
    metricsRoutes(metrics, operator),
  ];
}
