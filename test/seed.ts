// Property tests draw the same cases in each run, so that what was green stays green. To look further:
// `FAST_CHECK_SEED=random npm test`, or a number for one run of that again.
import fc from 'fast-check';

const { FAST_CHECK_SEED: wish = '20261120' } = process.env;
if (wish !== 'random') fc.configureGlobal({ seed: Number(wish) });
