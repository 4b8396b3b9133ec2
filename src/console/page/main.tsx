import './style/base.css';
import './style/layout.css';
import './style/conversation.css';
import './style/timeline.css';
import './style/access-map.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Console } from './console.tsx';
import { applyTheme, readTheme } from './theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the console.');
applyTheme(readTheme());
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
