// A process that starts the server of its arguments, says its id, and then ends without closing anything.
import { createLog } from '../../../src/base/log.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { connectMcp } from '../../../src/tools/mcp/server.ts';

const [command = '', ...args] = process.argv.slice(2);

const log = createLog({
  level: 'info',
  secrets: [],
  destination: {
    write(line) {
      process.stdout.write(line);
      if (line.includes('MCP server connected')) process.exit(0);
    },
  },
});

connectMcp(
  { name: 'left', tools: ['find'], by: { command, args, env: {} }, allowPrivate: false, timeoutMs: 1_000 },
  { secrets: new Map(), clock: systemClock, log },
);
