// Where a conversation that another process began is taken up: through which way in, and whether by its handle. Pure.
import type { Resumption } from '../session.ts';
import type { Api } from './access.ts';
import type { Route } from './seed.ts';

/** How long a handle is good for (ai.google.dev, live-session; docs.cloud.google.com, Live API: session resumption). */
const GOOD_FOR_MS: Readonly<Record<Api, number>> = { developer: 2 * 3_600_000, cloud: 24 * 3_600_000 };

/** By the handle only where it was given: the name of a model holds its API, and on Google Cloud the project and place. */
export function takenUpFrom(
  { memory }: Resumption,
  ways: readonly Route[],
  epochMs: number,
): { readonly way: number; readonly handle: string | undefined } {
  const way = ways.findIndex(
    ({ access, setup, capabilities }) =>
      capabilities.resumption &&
      setup.model === memory?.model &&
      epochMs - memory.atMs < GOOD_FOR_MS[access.api],
  );
  return way < 0 ? { way: 0, handle: undefined } : { way, handle: memory?.handle };
}
