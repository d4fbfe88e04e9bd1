// Keeps commands on records from making what they were to look into: in a wrong folder, an empty database would answer
// them that there is nothing. Knows of no record.
import { join } from 'node:path';
import { LivelineError } from '../base/errors.ts';
import type { Config } from '../config.ts';
import { exists } from '../store/embedded/embedded-folder.ts';

/** Throws DATABASE_REFUSED when the embedded database would be asked and was never made. Makes nothing. */
export async function requireMade({
  databaseUrl,
  dir,
}: Pick<Config['data'], 'databaseUrl' | 'dir'>): Promise<void> {
  if (databaseUrl !== undefined || (await exists(join(dir, 'postgres')))) return;
  throw new LivelineError(
    'DATABASE_REFUSED',
    `there are no records in ${dir}: set DATA_DIR to the folder that the server uses, or DATABASE_URL`,
  );
}
