// The console's page and what belongs to it, under a policy that lets nothing of elsewhere in; what is behind the API is shown in
// no page of elsewhere. Everybody may have the page: it holds no data.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router, type RequestHandler } from 'express';

/** Where `scripts/build-console.ts` puts it: the same place seen from src/ and from dist/. */
export const BUNDLE = fileURLToPath(new URL('../../dist/console/web/', import.meta.url));

const POLICY = [
  "default-src 'none'",
  // Worklets and workers too.
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `Liveline answers calls here. Place one from a terminal: npx liveline call
There is no console to look at: npm run prepare builds it.
`;

export interface ConsoleRoutesOptions {
  readonly publicBaseUrl: string;
  /** The folder of the bundle. */
  readonly bundle?: string;
}

export function consoleRoutes({ publicBaseUrl, bundle = BUNDLE }: ConsoleRoutesOptions): Router {
  const router = Router();
  const guard = guarded(publicBaseUrl.startsWith('https:'));
  router.use(['/console', '/api/v1'], guard);
  router.get('/', guard, (_request, response) => {
    response.set('cache-control', 'no-cache');
    if (existsSync(join(bundle, 'index.html')))
      response.sendFile('index.html', { root: bundle, cacheControl: false });
    else response.type('text/plain').send(NOT_BUILT);
  });
  // Their names change with what is in them.
  router.use(
    '/console/assets',
    express.static(join(bundle, 'assets'), {
      index: false,
      immutable: true,
      maxAge: '365d',
      redirect: false,
    }),
  );
  return router;
}

function guarded(isHttps: boolean): RequestHandler {
  const headers: Readonly<Record<string, string>> = {
    'content-security-policy': POLICY,
    'permissions-policy': 'microphone=(self), camera=(), geolocation=(), display-capture=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // On plain http browsers would hold a machine to it that has no certificate.
    ...(isHttps && { 'strict-transport-security': 'max-age=31536000' }),
  };
  return (_request, response, next) => {
    response.set(headers);
    next();
  };
}
