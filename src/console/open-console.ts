// What the console keeps while the server runs, put together: who is signed in, and what operators did.
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Database } from '../store/database.ts';
import { openAudit, type Audit } from './audit.ts';
import { createPostgresSessions, type Sessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import type { Tokens } from './tokens.ts';

export interface OpenConsoleOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly dataDir: string;
  /** Undefined: nobody signs in, and whoever sits at this machine operates it. */
  readonly tokens: Tokens | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenConsole {
  readonly audit: Audit;
  /** Undefined without tokens. */
  readonly sessions: Sessions | undefined;
  readonly signIn: SignIn | undefined;
  close(withinMs: number): Promise<void>;
}

export async function openConsole(options: OpenConsoleOptions): Promise<OpenConsole> {
  const { database, dataDir, tokens, clock, log } = options;
  const audit = await openAudit({ database, dataDir, clock, log });
  const sessions = tokens && createPostgresSessions({ database, tokens, clock });
  return {
    audit,
    sessions,
    signIn: tokens && sessions && createSignIn({ tokens, sessions, clock }),
    close: (withinMs) => audit.close(withinMs),
  };
}
