import { localItems } from '../../page/browser/browser-storage.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'ambit:theme';

/** The theme that was chosen in this browser; until one is, the system's. */
export function readTheme(): Theme {
  const kept = localItems.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** Shows the theme, and keeps the choice. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') localItems.removeItem(KEY);
  else localItems.setItem(KEY, theme);
  document.documentElement.dataset['theme'] = theme;
}
