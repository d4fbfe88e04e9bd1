// Where the page begins: who is there, and then the shell or the door.
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Boundary } from './parts/boundary.tsx';
import { queries } from './queries.ts';
import { Shell } from './shell.tsx';
import { applyTheme } from './theme.ts';

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Boundary>
      <QueryClientProvider client={queries}>
        <Shell />
      </QueryClientProvider>
    </Boundary>
  </StrictMode>,
);
