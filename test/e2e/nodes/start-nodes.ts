// The server of a rig: one process, or, where LIVELINE_TEST_NODES says so, several on one database behind a balancer that
// sends every request and every stream to the next of them. Any test of whole calls must come out the same.
import { expect, vi } from 'vitest';
import type { App } from '../../../src/app.ts';
import { readConfig, type Config, type Environment } from '../../../src/config.ts';
import { freshDataDir } from '../../doubles/databases.ts';
import { startBalancer, type Balancer, type BalancerOptions } from '../../doubles/tcp-balancer.ts';

export interface Nodes {
  readonly apps: readonly App[];
  readonly balancer: Balancer | undefined;
  /** Told twice, so as not to wait for calls that a test left open. */
  stop(): Promise<void>;
}

const COUNT = Number(process.env['LIVELINE_TEST_NODES'] ?? 1);

/** `start`: of each; `place`: 0, 1, … */
export async function startNodes(
  environments: Environment | readonly Environment[],
  start: (config: Config, place: number) => Promise<App>,
  prefers?: BalancerOptions['prefers'],
): Promise<Nodes> {
  const each = Array.isArray(environments)
    ? (environments as readonly Environment[])
    : Array.from({ length: COUNT }, () => environments as Environment);
  const apps: App[] = [];
  const dirs: (() => unknown)[] = [];
  const balancer =
    each.length > 1
      ? await startBalancer({
          servers: () => apps.map(({ port }) => `http://127.0.0.1:${port}`),
          ...(prefers && { prefers }),
        })
      : undefined;
  for (const [place, environment] of each.entries())
    apps.push(
      await start(
        readConfig({
          ...(balancer && { PUBLIC_BASE_URL: balancer.url }),
          ...environment,
          ...(place > 0 && {
            DATA_DIR: freshDataDir({ onTestFinished: (then) => void dirs.push(then as () => unknown) }),
          }),
        }),
        place,
      ),
    );
  await vi.waitFor(() => apps.forEach(({ nodes }) => expect(nodes.others).toHaveLength(apps.length - 1)), {
    timeout: 20_000,
    interval: 50,
  });
  return {
    apps,
    balancer,
    async stop() {
      await Promise.all(apps.flatMap((app) => [app.stop(), app.stop()]));
      await balancer?.end();
      for (const letGo of dirs) await letGo();
    },
  };
}
