// The reference set-ups of docs/scaling.md, in the proxies that they are for: whole calls through two nodes, while one of them is
// drained and when it is gone. Where a proxy is not installed, its test is skipped, and says so.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { freePort } from '../../doubles/free-port.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { cluster } from './cluster.ts';

import { CALLER, SCRIPT } from './conversation.ts';

vi.setConfig({ testTimeout: 180_000 });

const reference = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../../docs/reference', name), 'utf8');

interface Proxy {
  readonly program: string;
  /** Its command line, with a set-up that listens on `port` before these two. */
  readonly begin: (dir: string, port: number, nodes: readonly [number, number]) => readonly string[];
}

/** Each replacement must be in the text: a set-up that changes is noticed. */
function replaced(text: string, by: readonly (readonly [string, string])[]): string {
  return by.reduce((before, [what, as]) => {
    if (!before.includes(what)) throw new Error(`the set-up has no "${what}"`);
    return before.replaceAll(what, as);
  }, text);
}

const PROXIES: readonly Proxy[] = [
  {
    program: 'nginx',
    begin(dir, port, [one, two]) {
      const site = replaced(reference('nginx.conf'), [
        ['10.0.0.5:8080', `127.0.0.1:${one}`],
        ['10.0.0.6:8080', `127.0.0.1:${two}`],
        ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
        ['  ssl_certificate /etc/ssl/calls.example.com.pem;\n', ''],
        ['  ssl_certificate_key /etc/ssl/calls.example.com.key;\n', ''],
      ]);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${join(dir, name)};`)
        .join('\n');
      // One process, which the test can end.
      const around = `daemon off; master_process off; error_log stderr; pid ${join(dir, 'pid')};`;
      writeFileSync(
        join(dir, 'nginx.conf'),
        `${around}\nevents {}\nhttp { access_log off;\n${temporary}\n${site}\n}`,
      );
      mkdirSync(join(dir, 'logs'));
      return ['-p', dir, '-c', join(dir, 'nginx.conf')];
    },
  },
  {
    program: 'haproxy',
    begin(dir, port, [one, two]) {
      const file = join(dir, 'haproxy.cfg');
      const setUp = replaced(reference('haproxy.cfg'), [
        ['10.0.0.5:8080', `127.0.0.1:${one}`],
        ['10.0.0.6:8080', `127.0.0.1:${two}`],
        ['bind :443 ssl crt /etc/ssl/calls.example.com.pem', `bind 127.0.0.1:${port}`],
        ['maxconn 20000', 'maxconn 500'],
      ]);
      writeFileSync(file, setUp);
      return ['-db', '-f', file];
    },
  },
];

const isInstalled = ({ program }: Proxy): boolean => spawnSync(program, ['-v']).status === 0;
const missing = PROXIES.filter((proxy) => !isInstalled(proxy)).map(({ program }) => program);
if (missing.length > 0) console.warn(`SKIPPED: calls through ${missing.join(' and ')}, not installed here.`);

async function begun(
  context: TestContext,
  { program, begin }: Proxy,
  nodes: readonly [number, number],
  port: number,
): Promise<void> {
  const child = spawn(program, begin(freshFolder(context), port, nodes), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (data: Buffer) => (said += data.toString()));
  const exit = once(child, 'exit');
  context.onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  await vi.waitFor(
    async () => {
      expect(child.exitCode, said).toBeNull();
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    },
    { timeout: 20_000, interval: 100 },
  );
}

for (const proxy of PROXIES)
  (isInstalled(proxy) ? test.concurrent : test.skip)(
    `calls through ${proxy.program}, with nothing pinned`,
    async (context) => {
      const [port, one, two] = [await freePort(), await freePort(), await freePort()];
      const baseUrl = `http://127.0.0.1:${port}`;
      const { apps, place, told } = await cluster(context, {
        model: { script: SCRIPT },
        environment: { PUBLIC_BASE_URL: baseUrl },
        environments: [{ PORT: String(one) }, { PORT: String(two) }],
      });
      await begun(context, proxy, [one, two], port);
      const calls = Array.from({ length: 4 }, () => place({ baseUrl, script: CALLER }));
      await Promise.all(calls.map((call) => call.until('agentStarted')));
      expect(new Set(calls.map((call) => told(call, 'call-started')[0]!.at))).toEqual(new Set([0, 1]));
      await apps[0]!.stop();
      // Nobody is at its port any more; who asks next hears nothing of that.
      const late = place({ baseUrl, script: CALLER.slice(-2) });
      for (const call of [...calls, late]) {
        expect(await call.done).toMatchObject({ hungUpBy: 'caller' });
        expect(told(call, 'call-ended')).toMatchObject([{ at: 1, reason: 'caller-hung-up' }]);
      }
    },
  );
