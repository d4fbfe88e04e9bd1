// Preloaded into every bridge that is measured (`node --import`): answers what the process has used so far, and ends it
// when the bench is gone. Touches nothing else of the process.
import type { Measured } from './messages.ts';

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    type: 'measured',
    atMs: performance.now(),
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
  } satisfies Measured);
});
process.on('disconnect', () => process.exit(0));
// Listening for messages must not keep a bridge alive that wants to end.
process.channel?.unref();
