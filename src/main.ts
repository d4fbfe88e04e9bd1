// `npm start`: serve until told to stop.
const leave = (): never => process.exit(0);
// Loading takes a while, and the first process of a container gets no signal that it does not ask for (kill(2)).
process.on('SIGTERM', leave).on('SIGINT', leave);
const { serve } = await import('./cli/serve.ts');
const serving = serve();
// Not before the server listens to signals itself: one that came just then would be lost with the last listener.
process.off('SIGTERM', leave).off('SIGINT', leave);
await serving;
