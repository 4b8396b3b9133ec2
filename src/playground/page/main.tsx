import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { applyStoredTheme } from './caller-storage.ts';
import { Playground } from './playground.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the playground.');
applyStoredTheme();
createRoot(root).render(
  <StrictMode>
    <Playground />
  </StrictMode>,
);
