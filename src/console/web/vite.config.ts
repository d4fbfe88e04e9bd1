import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  // A worklet may import, and is emitted as a file: the content policy takes no `data:` script.
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../../../dist/console/web/', import.meta.url)),
    emptyOutDir: true,
    // The first of each that know `light-dark()`, by which every colour is named once for both themes.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The parts of React alone are more than the usual bound.
    chunkSizeWarningLimit: 1_000,
  },
});
