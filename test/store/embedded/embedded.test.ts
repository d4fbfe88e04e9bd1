// The embedded database, broken in every way that a machine breaks things.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { silentLog, type Log } from '../../../src/base/log.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { embedded } from '../../../src/store/embedded/embedded.ts';
import { findPostmaster } from '../../../src/store/embedded/postmaster.ts';
import { answer, dataDirOf, killPostmaster, makeTemplate } from './embedded-rig.ts';

makeTemplate();

type Context = Parameters<typeof dataDirOf>[0];

function open({ onTestFinished }: Context, dataDir: string): Database {
  const database = openDatabase({ url: undefined, dataDir, log: silentLog });
  onTestFinished(() => database.close());
  return database;
}

test('the first start makes it, stop() stops it, and the second finds the same port', async (context) => {
  const dataDir = dataDirOf(context, { isMade: false });
  mkdirSync(join(dataDir, 'postgres.new-999999999-half'));
  writeFileSync(join(dataDir, 'postgres.new-999999999-half.password'), 'secret');
  const server = embedded(dataDir, silentLog);
  const { port } = await server.ensure();
  expect(existsSync(join(dataDir, 'postgres.new-999999999-half'))).toBe(false);
  expect(existsSync(join(dataDir, 'postgres.new-999999999-half.password'))).toBe(false);
  await server.stop();
  expect(await findPostmaster(server.dir)).toBeUndefined();
  expect((await server.ensure()).port).toBe(port);
});

test('several at once in one process make and use one server', async (context) => {
  const dataDir = dataDirOf(context, { isMade: false });
  const servers = await Promise.all([1, 2, 3].map(() => embedded(dataDir, silentLog).ensure()));
  expect(new Set(servers.map(({ port, password }) => `${port} ${password}`)).size).toBe(1);
});

// These two wait most of their time: they do so together.
test.concurrent('a server that cannot start is given up, with its own words', async (context) => {
  const dataDir = dataDirOf(context);
  const dir = join(dataDir, 'postgres');
  renameSync(join(dir, 'global', 'pg_control'), join(dir, 'global', 'elsewhere'));
  await expect(embedded(dataDir, silentLog).ensure()).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: expect.stringMatching(/does not start: .*pg_control/) as unknown,
  });
  renameSync(join(dir, 'global', 'elsewhere'), join(dir, 'global', 'pg_control'));
  await expect(embedded(dataDir, silentLog).ensure()).resolves.toBeDefined();
});

test.concurrent(
  'a process killed again and again, before and after it is ready, finds its database again',
  async (context) => {
    const dataDir = dataDirOf(context);
    const startsMs: number[] = [];
    for (let round = 0; round < 18; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'embedded-child.ts'), dataDir], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const until = round % 3 === 0 ? 'begins' : 'ready';
      let said = '';
      for await (const chunk of child.stdout) {
        said += String(chunk);
        if (said.includes(until)) child.kill('SIGKILL');
      }
      // The server itself is killed too, now and then.
      if (round % 6 === 5) await killPostmaster(dataDir);
      const readyMs = /ready (\d+)/.exec(said)?.[1];
      if (until === 'ready') startsMs.push(Number(readyMs));
    }
    startsMs.sort((a, b) => a - b);
    console.log(
      `ready after a kill -9: median ${startsMs[startsMs.length >> 1]} ms, worst ${startsMs.at(-1)} ms`,
    );
    expect(startsMs.filter((ms) => !Number.isFinite(ms))).toEqual([]);
    const database = open(context, dataDir);
    await database.ready();
    expect(await answer(database)).toBe(1);
  },
  120_000,
);

test('a killed server comes back on its port, and the pool with it', async (context) => {
  const dataDir = dataDirOf(context);
  const database = open(context, dataDir);
  await database.ready();
  const { port = 0 } = (await findPostmaster(join(dataDir, 'postgres'))) ?? {};
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 8 }, () => answer(database)));
    await killPostmaster(dataDir);
    await database.ready();
    expect(await answer(database)).toBe(1);
    expect((await findPostmaster(join(dataDir, 'postgres')))?.port).toBe(port);
  }
});

test('a port that another program took is given up, the next one remembered, and the pool follows', async (context) => {
  const dataDir = dataDirOf(context);
  const first = embedded(dataDir, silentLog);
  const { port } = await first.ensure();
  const database = open(context, dataDir);
  await database.ready();
  await killPostmaster(dataDir);
  const squatter = createServer((socket) => socket.destroy());
  context.onTestFinished(() => void squatter.close());
  await vi.waitFor(
    async () => {
      await once(squatter.listen(port, '127.0.0.1'), 'listening');
    },
    { timeout: 10_000 },
  );
  await database.ready();
  expect(await answer(database)).toBe(1);
  const next = (await first.ensure()).port;
  expect(next).not.toBe(port);
  await database.close();
  await first.stop();
  expect((await first.ensure()).port).toBe(next);
});

test('a folder reached through a symbolic link is the same folder', async (context) => {
  const dataDir = dataDirOf(context);
  const linked = `${dataDir}-link`;
  symlinkSync(dataDir, linked);
  context.onTestFinished(() => {
    rmSync(linked);
  });
  const { port } = await embedded(dataDir, silentLog).ensure();
  expect((await embedded(linked, silentLog).ensure()).port).toBe(port);
  await killPostmaster(dataDir);
  expect((await embedded(linked, silentLog).ensure()).port).toBe(port);
  expect((await embedded(dataDir, silentLog).ensure()).port).toBe(port);
});

test('stop() leaves a server that another process uses, and says so at debug', async (context) => {
  const dataDir = dataDirOf(context);
  const database = open(context, dataDir);
  await database.ready();
  const said: string[] = [];
  const log = { ...silentLog, debug: (_: object, text: string) => said.push(text) } as unknown as Log;
  await embedded(dataDir, log).stop();
  expect(said).toEqual(['another process uses the embedded PostgreSQL: it is left running']);
  expect(await answer(database)).toBe(1);
  await database.close();
  expect(await findPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
});

test('two that stop at the same time stop it', async (context) => {
  const dataDir = dataDirOf(context);
  const databases = [open(context, dataDir), open(context, dataDir)];
  await Promise.all(databases.map((database) => database.ready()));
  await Promise.all(databases.map((database) => database.close()));
  expect(await findPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
});

test('who starts while others stop has a database all the same', async (context) => {
  const dataDir = dataDirOf(context);
  for (let round = 0; round < 5; round++) {
    const [leaving, alsoLeaving, coming] = [1, 2, 3].map(() => open(context, dataDir));
    await Promise.all([leaving!.ready(), alsoLeaving!.ready()]);
    await Promise.all([leaving!.close(), alsoLeaving!.close(), coming!.ready()]);
    await coming!.ready();
    expect(await answer(coming!)).toBe(1);
    await coming!.close();
  }
});

test('stop() and ensure() of one process wait for each other', async (context) => {
  const server = embedded(dataDirOf(context), silentLog);
  const [, , , found] = await Promise.all([server.ensure(), server.stop(), server.stop(), server.ensure()]);
  await server.ensure();
  expect(found.port).toBeGreaterThan(0);
  await server.stop();
  await server.stop();
  expect(await findPostmaster(server.dir)).toBeUndefined();
});

// Longer than this would be without a bound: a start is given up after half a minute.
test('close() does not wait for a server that has gone silent', { timeout: 25_000 }, async (context) => {
  const dataDir = dataDirOf(context);
  const server = embedded(dataDir, silentLog);
  await server.ensure();
  const { pid } = (await findPostmaster(server.dir))!;
  const database = open(context, dataDir);
  process.kill(pid, 'SIGSTOP');
  const ready = expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await database.close();
  await ready;
  process.kill(pid, 'SIGCONT');
  await server.ensure();
  expect((await findPostmaster(server.dir))?.pid).toBe(pid);
});

test.runIf(process.platform === 'linux')('a terminal’s Ctrl-C does not reach the server', async (context) => {
  const server = embedded(dataDirOf(context), silentLog);
  await server.ensure();
  const postmaster = await findPostmaster(server.dir);
  // proc_pid_stat(5): pid (comm) state ppid pgrp session
  const session = (pid: number): string | undefined =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
  expect(session(postmaster!.pid)).toBe(String(postmaster!.pid));
  expect(session(postmaster!.pid)).not.toBe(session(process.pid));
});

test.each([
  {
    name: 'its access file is gone',
    hurt: (dir: string) => {
      rmSync(join(dir, 'liveline.json'));
    },
    says: /cannot be entered.*liveline\.json.*Bring that file back/,
  },
  {
    name: 'its access file is half a file',
    hurt: (dir: string) => {
      writeFileSync(join(dir, 'liveline.json'), '{"password":"x');
    },
    says: /liveline\.json/,
  },
  {
    name: 'another major version wrote it',
    hurt: (dir: string) => {
      writeFileSync(join(dir, 'PG_VERSION'), '15\n');
    },
    says: /files of PostgreSQL 15, and this Liveline brings PostgreSQL 18.*db backup.*db restore/,
  },
  {
    name: 'it is no database',
    hurt: (dir: string) => {
      rmSync(join(dir, 'PG_VERSION'));
    },
    says: /PG_VERSION is missing.*Move that folder away.*db restore/,
  },
  {
    name: 'DATA_DIR is a file',
    hurt: (dir: string) => {
      rmSync(join(dir, '..'), { recursive: true });
      writeFileSync(join(dir, '..'), '');
    },
    says: /Set DATA_DIR to a folder that Liveline may write/,
  },
])('refused, with words, when $name', async ({ hurt, says }) => {
  const context = { onTestFinished: () => undefined } as unknown as Context;
  const dataDir = dataDirOf(context);
  hurt(join(dataDir, 'postgres'));
  const server = embedded(dataDir, silentLog);
  const thrown: unknown = await server.ensure().catch((error: unknown) => error);
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
  expect(thrown).toMatchObject({ code: 'DATABASE_REFUSED', message: expect.stringMatching(says) as unknown });
});
