// Two nodes behind a balancer without sticky sessions: whole calls go as through one, wherever the carrier's requests and streams
// come in.
import { expect, test, vi } from 'vitest';
import { SIZES } from '../../doubles/databases.ts';
import { wav } from '../rig.ts';
import { cluster } from './cluster.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

test.for(SIZES)('a whole call, its requests and its stream at turns (%s)', async (size, context) => {
  const { place, told, nodeOf, balancer, model, log } = await cluster(context, { size });
  const call = place({
    script: [
      { say: wav('caller/hello-opening-hours') },
      { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
      { say: wav('caller/thanks-goodbye') },
    ],
  });
  const outcome = await call.done;
  expect(outcome).toMatchObject({ status: 'completed', hungUpBy: 'server', streams: 1, errors: [] });
  expect(told(call, 'call-started')).toHaveLength(1);
  expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up', at: nodeOf(call) }]);
  expect(told(call, 'call-rejoined')).toEqual([]);
  expect(told(call, 'tool-done')).toMatchObject([{ tool: 'look_up_contact' }, { tool: 'end_call' }]);
  expect(model.sessions).toHaveLength(1);
  expect(new Set(balancer.sent.map((line) => line[0]))).toEqual(new Set(['0', '1']));
  expect(log.join('')).not.toMatch(/another node did not/);
});
