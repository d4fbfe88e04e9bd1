// Asks an address who answers there. Knows what a running Liveline says of itself, and nothing else of it.
import { messageOf } from '../base/errors.ts';

export type Reached =
  | { is: 'liveline' }
  /** `status`: HTTP's, of /healthz. */
  | { is: 'another'; status: number }
  | { is: 'nobody'; why: string };

export async function reach(baseUrl: string, withinMs = 5_000): Promise<Reached> {
  try {
    const answer = await fetch(`${baseUrl}/healthz`, {
      signal: AbortSignal.timeout(withinMs),
      redirect: 'manual',
    });
    const says: unknown = await answer.json().catch(() => undefined);
    return answer.ok && isAlive(says) ? { is: 'liveline' } : { is: 'another', status: answer.status };
  } catch (thrown) {
    return { is: 'nobody', why: reasonOf(thrown) };
  }
}

const isAlive = (says: unknown): boolean =>
  typeof says === 'object' && says !== null && 'status' in says && says.status === 'alive';

/** `fetch` says only that it failed; why is its cause, or the first of several when a name has several addresses. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return reasonOf(thrown.errors[0]);
  return thrown instanceof Error && thrown.cause !== undefined ? reasonOf(thrown.cause) : messageOf(thrown);
}
