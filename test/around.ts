// Around all tests: says what cannot be tested here; afterwards the database server that they shared goes, and its folder
// with it.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { silentLog } from '../src/base/log.ts';
import { embedded } from '../src/store/embedded/embedded.ts';
import { findPostmaster } from '../src/store/embedded/postmaster.ts';
import { SIZES, TEST_DATA_DIR } from './doubles/databases.ts';

export default function (): () => Promise<void> {
  if (SIZES.length < 2)
    console.warn(
      'SKIPPED: every test on a server PostgreSQL, as TEST_DATABASE_URL names none. The same tests run on the embedded one.',
    );
  return async () => {
    if (!existsSync(TEST_DATA_DIR)) return;
    const server = embedded(TEST_DATA_DIR, silentLog);
    await server.stop();
    // Another run of the tests may still use it.
    if (!(await findPostmaster(server.dir))) await rm(TEST_DATA_DIR, { recursive: true, force: true });
  };
}
