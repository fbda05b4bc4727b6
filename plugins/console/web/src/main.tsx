import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, base } from './app/app.tsx';
import { preloadPage } from './app/routes.ts';
import { restoreSession } from './session/session.ts';
import './styles/index.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

void restoreSession();
preloadPage(location.pathname.slice(base.length) || '/');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
