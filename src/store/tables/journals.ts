// The tables of journals and of secrets; see call/journal.ts and call/token-secret.ts.
import type { Generated } from 'kysely';
import type { NullableJson, Time } from './columns.ts';

export interface CallJournalsTable {
  /** No reference to `calls`: that row is written behind. */
  call_id: string;
  /** Who acts for the call: records/node.ts. */
  node: string;
  /** A bigint: as text. */
  fence: string;
  seq: string;
  rejoins: Generated<number>;
  /** The last ones that a stream of this call has shown: call/tokens.ts. */
  spent_tokens: Generated<string[]>;
  over: Generated<boolean>;
  /** Null: the call is over. */
  entry: NullableJson;
  opened_at: Time;
  updated_at: Time;
}

export interface SecretsTable {
  name: string;
  secret: Buffer;
  made_at: Time;
}
