// Every migration, in order. What a released one says is never changed; what is wrong in it, a later one mends.
import type { Migration } from 'kysely/migration';
import * as calls from './0001-calls.ts';
import * as crm from './0002-crm.ts';
import * as toolEffects from './0003-tool-effects.ts';
import * as toolCauses from './0004-tool-causes.ts';
import * as crmLog from './0005-crm-log.ts';
import * as voicemail from './0006-voicemail.ts';
import * as routes from './0007-routes.ts';
import * as callbackLimits from './0009-callback-limits.ts';
import * as optOuts from './0010-opt-outs.ts';
import * as campaigns from './0011-campaigns.ts';
import * as operators from './0012-operators.ts';
import * as recordings from './0013-recordings.ts';
import * as callSearch from './0014-call-search.ts';
import * as nodes from './0015-nodes.ts';
import * as callJournals from './0016-call-journals.ts';
import * as movedCalls from './0017-moved-calls.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-calls': calls,
  '0002-crm': crm,
  '0003-tool-effects': toolEffects,
  '0004-tool-causes': toolCauses,
  '0005-crm-log': crmLog,
  '0006-voicemail': voicemail,
  '0007-routes': routes,
  '0009-callback-limits': callbackLimits,
  '0010-opt-outs': optOuts,
  '0011-campaigns': campaigns,
  '0012-operators': operators,
  '0013-recordings': recordings,
  '0014-call-search': callSearch,
  '0015-nodes': nodes,
  '0016-call-journals': callJournals,
  '0017-moved-calls': movedCalls,
};
