import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import { routeStoreContract } from '../contracts/route-store.contract.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

routeStoreContract('memory', () => {
  const clock = new ManualClock();
  const store = createMemoryRoutes(clock);
  return {
    store,
    other: store,
    settle: () => Promise.resolve(),
    pass: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  };
});
