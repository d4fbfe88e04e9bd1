// A node as it tells the others of itself.
import type { NodeFigures, NodeSelf } from '../../src/store/nodes/node.ts';

export const nodeOf = (node: string, name = 'first:8080'): NodeSelf & NodeFigures => ({
  ...{ node, name, key: node, address: 'http://10.0.0.5:8081' },
  publicUrl: 'https://calls.example.com',
  ...{ calls: 0, capacity: undefined, isDraining: false, lagMs: 0 },
});
