// `npm start`: serve until told to stop.
import { serve } from './cli/serve.ts';

await serve();
