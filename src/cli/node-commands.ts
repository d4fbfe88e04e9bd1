// The commands on nodes, as they are typed. What each does is in nodes.ts.
import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { drainNode, showNodes, systemNodeDesk } from './nodes.ts';

export function addNodeCommands(program: Command): void {
  program
    .command('nodes')
    .description('the processes that take calls on this database, and how they are')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      process.exitCode = await showNodes(options, systemNodeDesk(systemClock));
    });
  program
    .command('drain')
    .description('let the other nodes have the calls of one, which takes no new ones and ends')
    .requiredOption('--node <id>', 'its id or its name, as liveline nodes has them')
    .option('--no-wait', 'do not wait until it is drained')
    .action(async ({ node, wait }: { node: string; wait: boolean }) => {
      process.exitCode = await drainNode(node, { wait }, systemNodeDesk(systemClock));
    });
}
