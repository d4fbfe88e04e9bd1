// The cursor of a list: of the last entry shown, when it came and which it is, so that the next page begins behind it.
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';

const facts = z.tuple([z.iso.datetime(), z.string().regex(/^[^\0]+$/)]);

/** `at`: ISO 8601 in UTC. */
export const writeCursor = (at: string, id: string): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** Throws API_REQUEST_INVALID. */
export function readCursor(cursor: string): [at: string, id: string] {
  try {
    return facts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new LivelineError(
      'API_REQUEST_INVALID',
      'the cursor is none of ours: give `next` of the page before',
      { cause },
    );
  }
}
