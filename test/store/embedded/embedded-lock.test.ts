// One server on a folder, also where those who share it do not see each other's processes, as containers on one volume.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { embedded } from '../../../src/store/embedded/embedded.ts';
import { findPostmaster } from '../../../src/store/embedded/postmaster.ts';
import { dataDirOf, makeTemplate } from './embedded-rig.ts';

makeTemplate();

const CHILD = join(import.meta.dirname, 'embedded-child.ts');
/** Has the lock until it is told to let go. */
async function holderOf(
  file: string,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): Promise<() => Promise<void>> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo has it; read line'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.stdin.end());
  await once(holder.stdout, 'data');
  return async () => {
    holder.stdin.end();
    await once(holder, 'exit');
  };
}

const lockOf = (dir: string): string => join(dir, 'liveline.lock');

const isLocked = (dir: string): boolean => spawnSync('flock', ['-n', lockOf(dir), 'true']).status !== 0;

const refused = {
  code: 'DATABASE_UNAVAILABLE',
  message: expect.stringMatching(
    /another process \(in another container, perhaps\).*one at a time/,
  ) as unknown,
};

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('the server holds the lock as long as it lives, and no longer', async (context) => {
    const server = embedded(dataDirOf(context), silentLog);
    await server.ensure();
    expect(isLocked(server.dir)).toBe(true);
    const again = embedded(join(server.dir, '..'), silentLog);
    expect((await again.ensure()).port).toBe((await server.ensure()).port);
    await server.stop();
    await expect.poll(() => isLocked(server.dir), { timeout: 10_000 }).toBe(false);
    await server.ensure();
    const { pid } = (await findPostmaster(server.dir))!;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isLocked(server.dir), { timeout: 10_000 }).toBe(false);
    await server.ensure();
  });

  test('who cannot have it starts nothing, touches nothing, and says why', async (context) => {
    const server = embedded(dataDirOf(context), silentLog);
    const letGo = await holderOf(lockOf(server.dir), context);
    const access = readFileSync(join(server.dir, 'liveline.json'), 'utf8');
    await expect(server.ensure()).rejects.toMatchObject(refused);
    expect(readFileSync(join(server.dir, 'liveline.json'), 'utf8')).toBe(access);
    expect(await findPostmaster(server.dir)).toBeUndefined();
    await letGo();
    await server.ensure();
  });

  test('while another makes the database, nothing of it is touched, nor a second one made', async (context) => {
    const dataDir = dataDirOf(context, { isMade: false });
    const half = join(dataDir, 'postgres.new-999999999-half');
    const own = join(dataDir, `postgres.new-${process.pid}-of-a-container-with-our-number`);
    for (const folder of [half, own]) mkdirSync(folder);
    const letGo = await holderOf(join(dataDir, 'postgres.lock'), context);
    const server = embedded(dataDir, silentLog);
    // Told to stop at once, it has its first turn and no second one.
    const ensured = server.ensure();
    const stopped = server.stop();
    await expect(ensured).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringMatching(/told to stop/) as unknown,
    });
    await stopped;
    expect(readdirSync(dataDir).sort()).toEqual(
      [half, own, 'postgres.lock'].map((name) => basename(name)).sort(),
    );
    await letGo();
    await server.ensure();
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.lock']);
  });
});

/** As a container has them: processes, shared memory and network of its own. */
const CONTAINER = ['--pid', '--fork', '--kill-child', '--mount-proc', '--ipc', '--net'];
const canContain = spawnSync('unshare', [...CONTAINER, 'true']).status === 0;
if (!canContain)
  console.warn('SKIPPED: two containers on one volume, as unshare(1) needs root and its rights here');

test.runIf(canContain)('of two containers on one volume, one has the database', async (context) => {
  const dataDir = dataDirOf(context);
  const server = embedded(dataDir, silentLog);
  const start = async (): Promise<ChildProcess> => {
    const script = 'ip link set lo up && exec "$0" "$1" "$2"';
    const child = spawn('unshare', [...CONTAINER, 'sh', '-c', script, process.execPath, CHILD, dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    context.onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('ready')) break;
    }
    expect(said).toContain('ready');
    return child;
  };
  const container = await start();
  const file = readFileSync(join(server.dir, 'postmaster.pid'), 'utf8');
  await expect(server.ensure()).rejects.toMatchObject(refused);
  expect(readFileSync(join(server.dir, 'postmaster.pid'), 'utf8')).toBe(file);
  container.kill('SIGKILL');
  await expect.poll(() => isLocked(server.dir), { timeout: 10_000 }).toBe(false);
  await server.ensure();
  await server.stop();
  expect(execFileSync('ls', [server.dir], { encoding: 'utf8' })).not.toContain('postmaster.pid');
});
