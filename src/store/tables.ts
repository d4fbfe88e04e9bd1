// The tables of the schema `liveline`, as kysely sees them; migrations/ makes them. Times are timestamptz, durations and
// offsets within a call whole milliseconds, money whole millionths of a US dollar.
import type { CallbacksTable, ClaimsTable, OptOutsTable, RoutesTable } from './tables/callers.ts';
import type {
  CallEventsTable,
  CallsTable,
  ToolCallsTable,
  ToolEffectsTable,
  TurnsTable,
  TurnUsageTable,
} from './tables/calls.ts';
import type { OperatorAuditTable, OperatorSessionsTable } from './tables/operators.ts';
import type { CrmAppointmentsTable, CrmCallsTable, CrmContactsTable, CrmObjectsTable } from './tables/crm.ts';
import type { NodesTable } from './tables/nodes.ts';
import type { CallJournalsTable, SecretsTable } from './tables/journals.ts';
import type { RecordingsTable } from './tables/recordings.ts';
import type { VoicemailDeliveriesTable, VoicemailsTable } from './tables/voicemail.ts';

export const SCHEMA = 'liveline';

export interface Tables {
  calls: CallsTable;
  turns: TurnsTable;
  tool_calls: ToolCallsTable;
  call_events: CallEventsTable;
  turn_usage: TurnUsageTable;
  tool_effects: ToolEffectsTable;
  crm_contacts: CrmContactsTable;
  crm_appointments: CrmAppointmentsTable;
  crm_objects: CrmObjectsTable;
  crm_calls: CrmCallsTable;
  recordings: RecordingsTable;
  voicemails: VoicemailsTable;
  voicemail_deliveries: VoicemailDeliveriesTable;
  routes: RoutesTable;
  claims: ClaimsTable;
  callbacks: CallbacksTable;
  opt_outs: OptOutsTable;
  call_journals: CallJournalsTable;
  secrets: SecretsTable;
  operator_sessions: OperatorSessionsTable;
  operator_audit: OperatorAuditTable;
  nodes: NodesTable;
}
